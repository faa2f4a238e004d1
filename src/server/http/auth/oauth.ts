import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { HttpAuth } from '../../../config/http.ts';
import { SCOPES, type Scope } from '../../../config/schema.ts';
import { errorFacts } from '../../../lib/error-facts.ts';
import type { Log } from '../../../lib/log.ts';
import type { TokenCheck } from './tokens.ts';

/**
 * Asymmetric signatures only. With an HMAC in the list, a public key could be used as a shared secret (RFC 8725 section
 * 2.1). `none` is not a signature.
 */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const CLOCK_SKEW_SECONDS = 30;

/** Checks access tokens (JWT, RFC 9068) of one issuer for one audience. Keys are fetched with the first token. */
export function createOauthCheck(oauth: NonNullable<HttpAuth['oauth']>, log: Log): TokenCheck {
  const keys = createRemoteJWKSet(new URL(oauth.jwks), { timeoutDuration: 5000 });
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: oauth.issuer,
        audience: oauth.audience,
        clockTolerance: CLOCK_SKEW_SECONDS,
        requiredClaims: ['exp', 'sub'],
      });
      if (!isAccessToken(protectedHeader.typ, payload, oauth.acceptJwtType)) return { kind: 'invalid' };
      const { sub } = payload;
      if (typeof sub !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(sub)) return { kind: 'invalid' };
      // An issuer is a URL without a fragment (RFC 8414 section 2), so that no two identities read the same.
      const identities = identitiesIn(payload, oauth.principals);
      return {
        kind: 'valid',
        identity: { principal: `${oauth.issuer}#${sub}`, identities, scopes: scopesOf(payload) },
      };
    } catch (error) {
      if (isTokenError(error)) return { kind: 'invalid' };
      log.error(errorFacts(error), 'the keys of http.auth.oauth.jwks cannot be fetched: no token can be verified');
      return { kind: 'unavailable' };
    }
  };
}

/** RFC 9068 section 2.1, with and without `application/` (RFC 7515 section 4.1.9). */
const ACCESS_TOKEN = ['at+jwt', 'application/at+jwt'];
/** Claims of ID tokens (OpenID Connect Core 3.1.3.6), logout tokens and security events that access tokens do not have. */
const FOREIGN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events', 'htm', 'htu'];

/**
 * An issuer signs other kinds of tokens with the same keys. A token that is bound to a key (`cnf`: RFC 8705, 9449) needs a
 * proof that this server does not check.
 */
function isAccessToken(typ: unknown, payload: JWTPayload, acceptJwtType: boolean): boolean {
  if (payload['cnf'] !== undefined) return false;
  const type = typeof typ === 'string' ? typ.toLowerCase() : undefined;
  if (type !== undefined && ACCESS_TOKEN.includes(type)) return true;
  if (!acceptJwtType || (type !== undefined && !['jwt', 'application/jwt'].includes(type))) return false;
  // Keycloak and Cognito name the kind of token in the payload.
  const kinds = [payload['typ'], payload['token_use']].filter((kind) => kind !== undefined);
  return (
    kinds.every((kind) => ['bearer', 'access', 'at+jwt'].includes(String(kind).toLowerCase())) &&
    FOREIGN_CLAIMS.every((claim) => payload[claim] === undefined)
  );
}

/**
 * Other claims about the subject. An e-mail address counts only if the issuer verified it. None is left out, or its owner
 * could agree to what they asked for; a token is as short as its header has to be.
 */
function identitiesIn(payload: JWTPayload, claims: readonly string[]): string[] {
  const counted = claims.filter((claim) => claim !== 'email' || payload['email_verified'] === true);
  return counted
    .flatMap((claim) => (Object.hasOwn(payload, claim) ? [payload[claim]].flat() : []))
    .map((value: unknown) => (typeof value === 'number' ? String(value) : value))
    .filter((value): value is string => typeof value === 'string' && value !== '');
}

/** `scope` as in RFC 8693 section 4.2, or `scp` as some issuers use it. A string with spaces, or an array. */
function scopesOf(payload: JWTPayload): Scope[] {
  const named = [payload['scope'], payload['scp']]
    .flat()
    .flatMap((one) => (typeof one === 'string' ? one.split(' ') : []));
  return SCOPES.filter((scope) => named.includes(scope));
}

/** Whether the token itself is at fault. Keys that cannot be fetched say nothing about it: the caller may try again. */
function isTokenError(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JWK_INVALID'].includes(error.code);
}
