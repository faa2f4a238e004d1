import type { Connection } from '../update/types.ts';

/** Where a connection's requests go, and what each of them carries. */
export interface Endpoint {
  /** `https://host:port`. */
  origin: string;
  /** What stands before every path; no trailing slash. */
  prefix: string;
  /** Sign-in included. */
  headers: Readonly<Record<string, string>>;
}

/** The endpoint of a connection; worked out once, since a connection's settings never change. */
export function endpointOf(connection: Connection): Endpoint {
  const known = endpoints.get(connection);
  if (known) return known;
  const { provider, settings } = connection;
  const { origin, pathname } = new URL(provider.baseUrl(settings));
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    'user-agent': 'update-user-mcp',
    ...provider.auth(settings),
  };
  const endpoint = { origin, prefix: pathname.replace(/\/+$/, ''), headers };
  endpoints.set(connection, endpoint);
  return endpoint;
}

const endpoints = new WeakMap<Connection, Endpoint>();
