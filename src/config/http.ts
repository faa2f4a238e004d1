import { UsageError } from '../errors.ts';
import { isLoopback } from '../lib/loopback.ts';
import { BUILT_IN_CALLERS } from '../update/types.ts';
import { DEFAULTS } from './defaults.ts';
import type { ConfigFile, Scope } from './schema.ts';

/** How the HTTP server behaves, with defaults applied. */
export interface HttpSettings {
  /** The address at which people and clients reach it, without a trailing slash; undefined if it is not configured. */
  publicUrl: string | undefined;
  /** Host names without a port, besides loopback's. */
  allowedHosts: readonly string[];
  /** Origins (`https://host:port`) of web pages that may call it, besides loopback's and its own. */
  allowedOrigins: readonly string[];
  sessions: { max: number; idleMs: number };
  rateLimit: { perMinute: number };
  bodyBytes: number;
  /** Undefined if it is not configured: then anyone who reaches the server may use it, and it serves loopback only. */
  auth: HttpAuth | undefined;
}

export interface HttpAuth {
  tokens: readonly { name: string; sha256: string; scopes: readonly Scope[] }[];
  oauth?: {
    issuer: string;
    audience: string;
    jwks: string;
    principals: readonly string[];
    /** Whether tokens of `typ` JWT, or without one, are accepted besides `at+jwt` (RFC 9068). */
    acceptJwtType: boolean;
  };
}

/** Rules and the audit log could mistake a token of such a name for a caller without a token. */
const RESERVED: readonly string[] = Object.values(BUILT_IN_CALLERS);

export function toHttpSettings(http: ConfigFile['http'] = {}): HttpSettings {
  const { sessions = {}, rateLimit = {}, auth } = http;
  return {
    publicUrl: http.publicUrl === undefined ? undefined : toOrigin('http.publicUrl', http.publicUrl),
    allowedHosts: (http.allowedHosts ?? []).map((host) => host.toLowerCase()),
    allowedOrigins: (http.allowedOrigins ?? []).map((origin) => toOrigin('http.allowedOrigins', origin)),
    sessions: {
      max: sessions.max ?? DEFAULTS.http.sessions.max,
      idleMs: (sessions.idleMinutes ?? DEFAULTS.http.sessions.idleMinutes) * 60_000,
    },
    rateLimit: { perMinute: rateLimit.perMinute ?? DEFAULTS.http.rateLimit.perMinute },
    bodyBytes: http.bodyBytes ?? DEFAULTS.http.bodyBytes,
    auth: auth && toAuth(auth),
  };
}

function toAuth({ tokens = [], oauth }: NonNullable<NonNullable<ConfigFile['http']>['auth']>): HttpAuth {
  if (tokens.length === 0 && !oauth) throw new UsageError('http.auth: expected tokens or oauth');
  const names = new Set<string>();
  const hashes = new Set<string>();
  for (const [index, { name, sha256 }] of tokens.entries()) {
    const plain = name.toLowerCase();
    if (RESERVED.includes(plain)) throw new UsageError(`http.auth.tokens[${index}].name: "${name}" is reserved`);
    // Names of callers and approvers are compared case-insensitively, and one token must not represent two callers.
    if (names.has(plain)) throw new UsageError(`http.auth.tokens[${index}].name: "${name}" appears twice`);
    if (hashes.has(sha256.toLowerCase())) throw new UsageError(`http.auth.tokens[${index}].sha256: appears twice`);
    names.add(plain);
    hashes.add(sha256.toLowerCase());
  }
  if (oauth) checkOauthUrls(oauth);
  if (!oauth) return { tokens };
  const defaults = DEFAULTS.http.auth.oauth;
  const { principals = defaults.principals, acceptJwtType = defaults.acceptJwtType } = oauth;
  return { tokens, oauth: { ...oauth, principals, acceptJwtType } };
}

/**
 * The key set by plain http on loopback only: anyone who can change it in transit can sign tokens. The issuer begins the
 * principal of its callers, so with another scheme it could take the form of a principal of ours.
 */
function checkOauthUrls({ issuer, jwks }: { issuer: string; jwks: string }): void {
  if (!/^https?:\/\//.test(issuer)) throw new UsageError('http.auth.oauth.issuer: expected an https URL');
  const { protocol, hostname } = new URL(jwks);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
    throw new UsageError('http.auth.oauth.jwks: expected an https URL');
  }
}

function toOrigin(key: string, text: string): string {
  const url = new URL(text);
  const plain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (!plain || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${key}: expected scheme and host only, such as https://users.example.com`);
  }
  return url.origin;
}
