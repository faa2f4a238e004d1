import { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import { type Json } from '../lib/json/json-value.ts';
import type { Discovery, Template } from '../providers/calls.ts';
import { pathAndQuery } from '../providers/interpret/address.ts';
import { valueAtAnyCase } from '../providers/interpret/message-value.ts';
import type { ServiceFacts } from '../providers/interpret/record-write.ts';
import { mutabilityFacts } from '../providers/interpret/service-schemas.ts';
import type { Connection } from '../update/types.ts';
import { get } from './client.ts';
import { UpstreamFailure } from './errors.ts';
import type { UpstreamLimits } from './types.ts';

/** Returns what the service of a connection says about itself. */
export type Discover = (
  connection: Connection,
  read: { hasVersion: boolean },
  within: Deadline,
) => ServiceFacts | Promise<ServiceFacts>;

/** A service that answers so does not offer what it was asked for. */
const NOT_OFFERED: readonly (number | undefined)[] = [403, 404, 501];

/** Asks each service once (RFC 7644 section 4; RFC 9110 section 13.1.1). */
export function createDiscovery(limits: UpstreamLimits): Discover {
  const known = new Map<string, ServiceFacts>();
  const ask = async (connection: Connection, discovery: Discovery, within: Deadline) => {
    const facts = await askService(connection, discovery, within, limits);
    known.set(connection.name, facts);
    return facts;
  };
  return (connection, { hasVersion }, within) => {
    const { discovery } = connection.provider;
    const found = known.get(connection.name);
    if (found || !discovery || !(hasVersion || discovery.needed)) return found ?? {};
    return ask(connection, discovery, within);
  };
}

async function askService(
  connection: Connection,
  { serviceProviderConfig, schemas, needed }: Discovery,
  within: Deadline,
  limits: UpstreamLimits,
): Promise<ServiceFacts> {
  const ask = (path: Template) => bodyOf(connection, path, within, limits, needed);
  const [config, described] = await Promise.all([ask(serviceProviderConfig), schemas ? ask(schemas) : undefined]);
  const supports = (feature: string) => valueAtAnyCase(config, [feature, 'supported']) === true;
  const isUnsaid = typeof valueAtAnyCase(config, ['patch', 'supported']) !== 'boolean';
  // A PUT to a service that takes PATCH may empty what its records do not show.
  if (needed && connection.provider.patch && config !== undefined && isUnsaid) {
    throw unknown(connection, 'The answer does not say whether it takes PATCH; the setting update can.');
  }
  return {
    etag: supports('etag'),
    patch: supports('patch'),
    ...mutabilityFacts(connection.provider, described),
  };
}

/** Undefined where the service does not offer it. */
async function bodyOf(
  connection: Connection,
  template: Template,
  within: Deadline,
  limits: UpstreamLimits,
  needed: true | undefined,
): Promise<Json | undefined> {
  try {
    const path = pathAndQuery(template, undefined, connection.settings);
    const { body, malformed } = await get(connection, { path, within }, limits);
    const isJson = !malformed && typeof body === 'object' && body !== null;
    if (needed && !isJson) throw unknown(connection, 'The answer is not JSON.');
    return body;
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    const { message, facts } = error.error;
    if (!needed || NOT_OFFERED.includes(facts.status)) return undefined;
    throw unknown(connection, message, error);
  }
}

/** Without the vendor's text: no record is known yet of which it could be scrubbed. */
function unknown({ provider }: Connection, why: string, failure?: UpstreamFailure): AppError {
  const { faults: _, ...facts } = failure?.error.facts ?? {};
  const message = `What ${provider.title} supports could not be read. ${why}`;
  return new AppError('upstream_unavailable', message, { cause: failure?.error, facts });
}
