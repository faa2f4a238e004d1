import type { Deadline } from '../lib/async/deadline.ts';
import { valueAt } from '../lib/json/json-value.ts';
import { pathAndQuery } from '../providers/interpret/address.ts';
import type { ServiceFacts } from '../providers/interpret/record-write.ts';
import type { Connection } from '../update/types.ts';
import { get } from './client.ts';
import type { UpstreamLimits } from './types.ts';

/** Returns what the service of a connection says about itself. */
export type Discover = (
  connection: Connection,
  read: { hasVersion: boolean },
  within: Deadline,
) => Promise<ServiceFacts>;

/** Asks each service once, after a record with a version was read (RFC 7644 section 4; RFC 9110 section 13.1.1). */
export function createDiscovery(limits: UpstreamLimits): Discover {
  const known = new Map<string, ServiceFacts>();
  return async (connection, { hasVersion }, within) => {
    const { discovery } = connection.provider;
    const found = known.get(connection.name);
    if (found || !discovery || !hasVersion) return found ?? {};
    const path = pathAndQuery(discovery.serviceProviderConfig, undefined, connection.settings);
    const config = await get(connection, { path, within }, limits).catch(() => undefined);
    const facts = { etag: valueAt(config?.body, ['etag', 'supported']) === true };
    known.set(connection.name, facts);
    return facts;
  };
}
