import type { NoticeCursor } from '../store/notices.ts';

const FIRST_MS = 2000;
const LONGEST_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

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
    failingSince: cursor.failingSince ?? now,
    nextAt: now + Math.min(Math.max(wait, retryAfterMs), LONGEST_MS),
  };
}

export function afterSuccess(seq: number): NoticeCursor {
  return { seq, attempts: 0, failingSince: undefined, nextAt: 0 };
}

/**
 * Whether a notice is given up: every attempt has failed for a day, and it is as old. Younger ones still have their time,
 * so that a receiver that comes back after two days gets those of the last one.
 */
export function isGivenUp({ failingSince }: NoticeCursor, at: string, now: number): boolean {
  return failingSince !== undefined && now - failingSince >= DAY_MS && now - Date.parse(at) >= DAY_MS;
}
