import { perObject } from '../lib/per-object.ts';
import { baseUrlOf, headersOf } from '../providers/interpret/address.ts';
import { type TokenClient, tokenClientOf } from '../providers/interpret/token-client.ts';
import type { Connection } from '../update/types.ts';

/** Where the requests of a connection go, and the headers each of them carries. */
export interface Endpoint {
  /** `https://host:port`. */
  origin: string;
  /** Prepended to every path; no trailing slash. */
  prefix: string;
  /** By lower-case name; including authentication, unless the connection gets access tokens. */
  headers: Readonly<Record<string, string>>;
  tokenClient?: TokenClient;
}

/** The endpoint of a connection; cached, since a connection's settings never change. */
export const endpointOf = perObject((connection: Connection): Endpoint => {
  const { provider, settings } = connection;
  const { origin, pathname } = new URL(baseUrlOf(provider, settings));
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'gzip, br',
    'user-agent': 'update-user-mcp',
    ...lowerCased(headersOf(provider, settings)),
  };
  const tokenClient = tokenClientOf(provider, settings);
  return { origin, prefix: pathname.replace(/\/+$/, ''), headers, ...(tokenClient && { tokenClient }) };
});

/** Names of headers have no case, but two spellings would be two headers. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
