import { type Deadline, isOver, paused } from '../../lib/async/deadline.ts';
import type { UpstreamFailure } from '../errors.ts';
import type { UpstreamLimits, UpstreamResponse } from '../types.ts';

/** How one request ended. */
export type Attempt =
  | { ok: true; response: UpstreamResponse }
  | { ok: false; failure: UpstreamFailure; retry?: Resend };

/**
 * Why a request may be sent again: the failure may pass, after the time the vendor asks for, if any; the vendor says to
 * slow down, so that its next turn comes later; or the next request differs, by a new token or by its content type.
 */
export type Resend = { afterMs?: number } | { slowedDown: true } | { corrected: 'token' | 'content_type' };

/** How often a request is told to slow down, where pauses do not count, before it fails. */
const SLOWED_DOWN = 8;

/** Waits until a failed request is to be sent again; false if it is not. */
export type WaitToRetry = (attempt: Attempt & { ok: false }) => Promise<boolean>;

/**
 * Counts the attempts of one request. A failure that may pass is retried as often and as long as the limits allow, with
 * growing jitter if the vendor names no time; each correction once, and at once. After "slow down" the request waits for
 * its next turn, which is not done here.
 */
export function startRetries({ attempts }: UpstreamLimits, within: Deadline): WaitToRetry {
  let sent = 0;
  let slowedDown = 0;
  const corrections = new Set<string>();
  return async ({ retry }) => {
    if (!retry) return false;
    if ('corrected' in retry) {
      if (corrections.has(retry.corrected)) return false;
      corrections.add(retry.corrected);
      return !isOver(within);
    }
    if ('slowedDown' in retry && within.pauses) {
      slowedDown += 1;
      return slowedDown < SLOWED_DOWN;
    }
    sent += 1;
    if ('slowedDown' in retry) return sent < attempts;
    return sent < attempts && (await paused(retry.afterMs ?? backoffMs(sent), within));
  };
}

function backoffMs(nth: number): number {
  return 150 * 2 ** (nth - 1) * (0.5 + Math.random());
}
