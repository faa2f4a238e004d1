import type { NoticeCursor } from '../store/notices.ts';

const FIRST_MS = 2000;
const LONGEST_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Two hours of attempts: a computer that is off at night has not tried for a day. */
const LEAST_ATTEMPTS = 20;

/**
 * The cursor after a failed attempt: the first retry within two seconds, then doubling to ten minutes. `random`: between
 * 0 and 1, so that targets that failed together are not tried together. A receiver that says when to come back is obeyed,
 * within the same bounds.
 */
export function afterFailure(
  cursor: NoticeCursor,
  { now, retryAfterMs = 0, random }: { now: number; retryAfterMs?: number | undefined; random: number },
): NoticeCursor {
  const attempts = cursor.attempts + 1;
  const wait = Math.min(FIRST_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_MS) * (0.75 + random / 4);
  return {
    ...cursor,
    attempts,
    failingSince: Math.min(cursor.failingSince ?? now, now),
    nextAt: now + Math.min(Math.max(wait, retryAfterMs), LONGEST_MS),
  };
}

/** When the next attempt is due. A wait that is longer than any comes from a clock that was set back since. */
export function dueAt({ nextAt }: NoticeCursor, now: number): number {
  return nextAt - now > LONGEST_MS ? now : nextAt;
}

export function afterSuccess(seq: number): NoticeCursor {
  return { seq, attempts: 0, failingSince: undefined, nextAt: 0 };
}

/**
 * Whether a notice is given up: every attempt has failed for a day, and it is as old. Younger ones still have their time,
 * so that a receiver that comes back after two days gets those of the last one.
 */
export function isGivenUp({ attempts, failingSince }: NoticeCursor, at: string, now: number): boolean {
  if (failingSince === undefined || attempts < LEAST_ATTEMPTS) return false;
  return now - failingSince >= DAY_MS && now - Date.parse(at) >= DAY_MS;
}
