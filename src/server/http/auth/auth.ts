import type { HttpAuth } from '../../../config/http.ts';
import { SCOPES, type Scope } from '../../../config/schema.ts';
import type { Log } from '../../../lib/log.ts';
import { errorResponse, unavailable } from '../responses.ts';
import { metadataUrl } from './oauth-metadata.ts';
import { ANONYMOUS, createTokenCheck, type Identity, type TokenCheck } from './tokens.ts';

/** The identity that an Authorization header proves, or the error response. */
export type Authenticate = (header: string | undefined, origin: string) => Promise<Identity | Response>;

/** Bearer tokens in the Authorization header (RFC 6750 section 2.1), and nowhere else. */
export async function createAuthenticate(auth: HttpAuth | undefined, log: Log): Promise<Authenticate> {
  if (!auth) return async () => ANONYMOUS;
  const checks: TokenCheck[] = [createTokenCheck(auth.tokens)];
  if (auth.oauth) checks.push((await import('./oauth.ts')).createOauthCheck(auth.oauth, log));
  return async (header, origin) => {
    if (header === undefined) return unauthorized(origin);
    const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(header) ?? [];
    if (token === undefined) return unauthorized(origin, 'invalid_token');
    let isVerified = true;
    for (const check of checks) {
      const verdict = await check(token);
      if (verdict.kind === 'valid') return verdict.identity;
      if (verdict.kind === 'unavailable') isVerified = false;
    }
    return isVerified ? unauthorized(origin, 'invalid_token') : unavailable('tokens cannot be verified at the moment');
  };
}

/** 403 with the scopes that are needed (RFC 6750 section 3.1, and the step-up of the MCP authorization chapter). */
export function insufficientScope(origin: string, needed: readonly Scope[]): Response {
  const challenge = `Bearer error="insufficient_scope", scope="${needed.join(' ')}", ${metadataParameter(origin)}`;
  return errorResponse(403, `this needs the scope ${needed.join(' ')}`, { 'www-authenticate': challenge });
}

/** 401. Without a token there is no error to name (RFC 6750 section 3.1). */
function unauthorized(origin: string, error?: string): Response {
  const named = error === undefined ? '' : `error="${error}", `;
  const challenge = `Bearer ${named}scope="${SCOPES.join(' ')}", ${metadataParameter(origin)}`;
  const why = error === undefined ? 'a bearer token is needed' : 'the bearer token is not valid here';
  return errorResponse(401, why, { 'www-authenticate': challenge });
}

/** RFC 9728 section 5.1. An origin contains no quote: it was parsed as a URL. */
function metadataParameter(origin: string): string {
  return `resource_metadata="${metadataUrl(origin)}"`;
}
