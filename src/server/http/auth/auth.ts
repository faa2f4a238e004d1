import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpAuth } from '../../../config/http.ts';
import { SCOPES, type Scope } from '../../../config/schema.ts';
import type { Log } from '../../../lib/log.ts';
import { refusal, unavailable } from '../responses.ts';
import { metadataUrl } from './oauth-metadata.ts';

/** Who calls, as far as that was verified. `principal` is what policy rules, questions and the record go by. */
export interface Identity {
  principal: string;
  /** What else the caller is known as; see `Caller`. */
  identities?: readonly string[];
  scopes: readonly Scope[];
}

export type TokenCheck = (token: string) => Promise<TokenVerdict>;

export type TokenVerdict =
  | { kind: 'valid'; identity: Identity }
  | { kind: 'invalid' }
  /** Whether it is valid cannot be told just now. */
  | { kind: 'unavailable' };

/** Answers a request's identity, or the refusal it gets. */
export type Authenticate = (request: Request, origin: string) => Promise<Identity | Response>;

/** Without auth everybody is the same nobody. Only loopback is served then. */
export const ANONYMOUS: Identity = { principal: 'anonymous', scopes: SCOPES };

/** Bearer tokens in the Authorization header (RFC 6750 section 2.1), and nowhere else. */
export async function createAuthenticate(auth: HttpAuth | undefined, log: Log): Promise<Authenticate> {
  if (!auth) return async () => ANONYMOUS;
  const checks: TokenCheck[] = [tokenCheck(auth.tokens)];
  if (auth.oauth) checks.push((await import('./oauth.ts')).createOauthCheck(auth.oauth, log));
  return async (request, origin) => {
    const header = request.headers.get('authorization');
    if (header === null) return unauthorized(origin);
    const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(header) ?? [];
    if (token === undefined) return unauthorized(origin, 'invalid_token');
    let known = true;
    for (const check of checks) {
      const verdict = await check(token);
      if (verdict.kind === 'valid') return verdict.identity;
      if (verdict.kind === 'unavailable') known = false;
    }
    return known ? unauthorized(origin, 'invalid_token') : unavailable('tokens cannot be verified just now');
  };
}

/** 403 with what would be needed (RFC 6750 section 3.1, and the step-up of the MCP authorization chapter). */
export function insufficientScope(origin: string, needed: readonly Scope[]): Response {
  const challenge = `Bearer error="insufficient_scope", scope="${needed.join(' ')}", ${metadataParameter(origin)}`;
  return refusal(403, `this needs the scope ${needed.join(' ')}`, { 'www-authenticate': challenge });
}

/** 401; without a token there is no error to name (RFC 6750 section 3.1). */
function unauthorized(origin: string, error?: string): Response {
  const named = error === undefined ? '' : `error="${error}", `;
  const challenge = `Bearer ${named}scope="${SCOPES.join(' ')}", ${metadataParameter(origin)}`;
  const why = error === undefined ? 'a bearer token is needed' : 'the bearer token is not valid here';
  return refusal(401, why, { 'www-authenticate': challenge });
}

/** RFC 9728 section 5.1. An origin holds no quote: it was parsed as a URL. */
function metadataParameter(origin: string): string {
  return `resource_metadata="${metadataUrl(origin)}"`;
}

/** Hashes are compared in constant time, and all of them, so that time tells nothing about any. */
function tokenCheck(tokens: HttpAuth['tokens']): TokenCheck {
  const known = tokens.map(({ name, sha256, scopes }) => ({
    identity: { principal: name, scopes },
    hash: Buffer.from(sha256, 'hex'),
  }));
  return async (token) => {
    const hash = createHash('sha256').update(token).digest();
    const [match] = known.filter((one) => timingSafeEqual(one.hash, hash));
    return match ? { kind: 'valid', identity: match.identity } : { kind: 'invalid' };
  };
}
