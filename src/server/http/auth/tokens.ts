import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpAuth } from '../../../config/http.ts';
import { SCOPES, type Scope } from '../../../config/schema.ts';
import { BUILT_IN_CALLERS } from '../../../update/types.ts';

/** A verified caller. `principal` is what policy rules, questions and the audit log use. */
export interface Identity {
  principal: string;
  /** Other verified names of the caller; see `Caller`. */
  identities?: readonly string[];
  scopes: readonly Scope[];
}

/** Every caller of a server without auth, which serves loopback only. */
export const ANONYMOUS: Identity = { principal: BUILT_IN_CALLERS.openHttp, scopes: SCOPES };

export type TokenCheck = (token: string) => Promise<TokenVerdict>;

export type TokenVerdict =
  | { kind: 'valid'; identity: Identity }
  | { kind: 'invalid' }
  /** Cannot be verified at the moment. */
  | { kind: 'unavailable' };

/** Checks the configured tokens. Compares hashes in constant time, and all of them, so that timing reveals nothing. */
export function createTokenCheck(tokens: HttpAuth['tokens']): TokenCheck {
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
