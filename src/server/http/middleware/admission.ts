import { createRateLimit } from '../../../lib/rate-limit.ts';
import type { Authenticate, Identity } from '../auth/auth.ts';
import { tooMany } from '../responses.ts';
import type { RouteContext } from '../router.ts';

/** Lets a caller in who is known and not too fast; else the answer it gets. */
export type Admit = (request: Request, context: RouteContext) => Promise<Identity | Response>;

/**
 * Callers are limited by who they are. Those who are nobody are limited by their address, in buckets of their own, so
 * that guessing tokens is slow and yet nobody behind the same proxy is locked out with whoever guesses.
 */
export function createAdmit(authenticate: Authenticate, rate: { perMinute: number }): Admit {
  const callers = createRateLimit(rate);
  const strangers = createRateLimit(rate);
  return async (request, { origin, address }) => {
    const identity = await authenticate(request, origin);
    const stranger = identity instanceof Response;
    const wait = stranger ? strangers(address) : callers(identity.principal);
    return wait > 0 ? tooMany(wait) : identity;
  };
}
