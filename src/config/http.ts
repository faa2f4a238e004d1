import { UsageError } from '../errors.ts';
import { isLoopback } from '../lib/loopback.ts';
import type { ConfigFile, Scope } from './schema.ts';

/** How the HTTP server behaves, with defaults applied. */
export interface HttpSettings {
  /** Where people and clients reach it, without a trailing slash; undefined where nobody said. */
  publicUrl: string | undefined;
  /** Host names, without a port, that are served besides loopback's. */
  allowedHosts: readonly string[];
  /** Origins (`https://host:port`) of web pages that may call it, besides loopback's and its own. */
  allowedOrigins: readonly string[];
  sessions: { max: number; idleMs: number };
  rateLimit: { perMinute: number };
  bodyBytes: number;
  /** Undefined where nothing is configured: then whoever reaches the server may use it, and loopback is all it serves. */
  auth: HttpAuth | undefined;
}

export interface HttpAuth {
  tokens: readonly { name: string; sha256: string; scopes: readonly Scope[] }[];
  oauth?: {
    issuer: string;
    audience: string;
    jwks: string;
    principals: readonly string[];
    /** Whether tokens of `typ` JWT, or of none, are taken besides at+jwt (RFC 9068). */
    acceptJwtType: boolean;
  };
}

/** Claims that identify a caller: an approver of one of these values may not approve what it asks for. */
const PRINCIPALS = ['sub', 'email', 'preferred_username', 'oid'];

/** Names of callers without a token; a token of such a name could be taken for one of them, by a rule and in the record. */
const RESERVED = ['local', 'anonymous', 'operator'];

export function toHttpSettings(http: ConfigFile['http'] = {}): HttpSettings {
  const { sessions = {}, rateLimit = {}, auth } = http;
  return {
    publicUrl: http.publicUrl === undefined ? undefined : toOrigin('http.publicUrl', http.publicUrl),
    allowedHosts: (http.allowedHosts ?? []).map((host) => host.toLowerCase()),
    allowedOrigins: (http.allowedOrigins ?? []).map((origin) => toOrigin('http.allowedOrigins', origin)),
    sessions: { max: sessions.max ?? 1000, idleMs: (sessions.idleMinutes ?? 30) * 60_000 },
    rateLimit: { perMinute: rateLimit.perMinute ?? 600 },
    bodyBytes: http.bodyBytes ?? 1_048_576,
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
    // Rules compare names without regard to case, and one token must not speak for two callers.
    if (names.has(plain)) throw new UsageError(`http.auth.tokens[${index}].name: "${name}" is there twice`);
    if (hashes.has(sha256.toLowerCase())) throw new UsageError(`http.auth.tokens[${index}].sha256: is there twice`);
    names.add(plain);
    hashes.add(sha256.toLowerCase());
  }
  if (oauth) checkJwksUrl(oauth.jwks);
  if (!oauth) return { tokens };
  const { principals = PRINCIPALS, acceptJwtType = false } = oauth;
  return { tokens, oauth: { ...oauth, principals, acceptJwtType } };
}

/** Whoever can change the key set on its way here can sign tokens: plain http only on this machine. */
function checkJwksUrl(jwks: string): void {
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
