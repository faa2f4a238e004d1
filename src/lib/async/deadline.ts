import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFacts } from '../log.ts';

/**
 * How long something may take: until a moment, and no longer than its caller waits. A number and not a signal made of
 * signals: cheap, with nothing to let go of, and nothing for the garbage collector to take too early, as Node does with
 * the sources of `AbortSignal.any` (https://github.com/nodejs/node/issues/57736).
 */
export interface Deadline {
  /** Milliseconds of the monotonic clock, as `performance.now()` counts them. */
  at: number;
  /** Aborted when the caller no longer waits. */
  signal?: AbortSignal;
  /** What log lines about the work say besides: the change it belongs to. */
  facts?: LogFacts;
}

/** A deadline `ms` from now. */
export function startDeadline(ms: number, signal?: AbortSignal, facts?: LogFacts): Deadline {
  return { at: performance.now() + ms, ...(signal && { signal }), ...(facts && { facts }) };
}

export function isOver(deadline: Deadline): boolean {
  return msLeft(deadline) === 0;
}

/** Milliseconds, never below 0; 0 too once the caller has gone. */
export function msLeft({ at, signal }: Deadline): number {
  return signal?.aborted ? 0 : Math.max(0, at - performance.now());
}

/** Waits, and answers with true. False when the caller goes meanwhile, and at once when the wait cannot end in time. */
export async function paused(ms: number, deadline: Deadline): Promise<boolean> {
  if (ms >= msLeft(deadline)) return false;
  const { signal } = deadline;
  return await sleep(ms, true, signal && { signal }).catch(() => false);
}
