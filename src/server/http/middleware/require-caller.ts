import { createRateLimit } from '../../../lib/rate-limit.ts';
import type { Authenticate } from '../auth/auth.ts';
import type { Identity } from '../auth/tokens.ts';
import { tooManyRequests } from '../responses.ts';
import type { RouteContext } from '../router.ts';

/** The identity of a caller that is authenticated and within its rate limit, else the error response. */
export type RequireCaller = (context: RouteContext) => Promise<Identity | Response>;

/**
 * Limits callers by principal, and unauthenticated requests by address in buckets of their own: guessing tokens is slow, and
 * does not lock out callers behind the same proxy.
 */
export function createRequireCaller(authenticate: Authenticate, rate: { perMinute: number }): RequireCaller {
  const callers = createRateLimit(rate);
  const strangers = createRateLimit(rate);
  return async ({ headers, origin, address }) => {
    const identity = await authenticate(headers.authorization, origin);
    const isStranger = identity instanceof Response;
    const wait = isStranger ? strangers(address) : callers(identity.principal);
    return wait > 0 ? tooManyRequests(wait) : identity;
  };
}
