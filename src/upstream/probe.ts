import { AppError } from '../errors.ts';
import type { Deadline } from '../lib/async/deadline.ts';
import { type Json, valueAt } from '../lib/json/json-value.ts';
import { pathAndQuery } from '../providers/interpret/address.ts';
import { usualList } from '../providers/interpret/lists.ts';
import { messageValue } from '../providers/interpret/message-value.ts';
import type { Provider } from '../providers/provider.ts';
import type { Connection } from '../update/types.ts';
import { get } from './client.ts';
import { UpstreamFailure } from './errors.ts';
import { unwrap } from './records.ts';
import type { UpstreamLimits } from './types.ts';

/** The rights of the credential, in words of the provider; or why the probe failed. */
export type ProbeResult = { ok: true; rights: string } | { ok: false; error: AppError };

/** Checks whether a connection's credential works and what it may do. Only reads. */
export async function probe(connection: Connection, limits: UpstreamLimits, within: Deadline): Promise<ProbeResult> {
  const { provider } = connection;
  try {
    const path = pathAndQuery(provider.probe.path, provider.probe.query, connection.settings);
    const { body, status } = await get(connection, { path, within }, limits);
    if (body !== undefined && shows(provider, body)) {
      const { rights } = provider.probe;
      return { ok: true, rights: typeof rights === 'string' ? rights : rights(unwrap(provider, body) ?? null) };
    }
    const message = `The service there is not ${provider.title} (HTTP ${status} with an unknown body): check ${provider.env['baseUrl'] ?? 'the address'}.`;
    return { ok: false, error: new AppError('upstream_unavailable', message) };
  } catch (error) {
    if (error instanceof UpstreamFailure) return { ok: false, error: error.error };
    throw error;
  }
}

/** Whether this is the vendor's response, and not any other 200 at that address. */
function shows(provider: Provider, body: Json): boolean {
  const paths = provider.probe.shows;
  if (paths === 'list') return usualList(body) !== undefined;
  return paths.some((path) => messageValue(provider, body, path) !== undefined);
}
