import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFacts } from '../log.ts';

/**
 * How long something may take: until a point in time, and no longer than its caller waits. A number instead of combined
 * signals: it is cheap, needs no clean-up, and cannot be garbage-collected too early, as the sources of `AbortSignal.any`
 * can (https://github.com/nodejs/node/issues/57736).
 */
export interface Deadline {
  /** Milliseconds of the monotonic clock, as `performance.now()` counts them. */
  at: number;
  /** Aborted when the caller stops waiting. */
  signal?: AbortSignal;
  /** Added to log lines about the work, such as the change it belongs to. */
  facts?: LogFacts;
}

/** A deadline `ms` from now. */
export function startDeadline(ms: number, signal?: AbortSignal, facts?: LogFacts): Deadline {
  return { at: performance.now() + ms, ...(signal && { signal }), ...(facts && { facts }) };
}

export function isOver(deadline: Deadline): boolean {
  return msLeft(deadline) === 0;
}

/** Milliseconds, never below 0. Also 0 when the caller has stopped waiting. */
export function msLeft({ at, signal }: Deadline): number {
  return signal?.aborted ? 0 : Math.max(0, at - performance.now());
}

/** Waits, then returns true. False if the caller stops waiting meanwhile, and at once if the wait would end too late. */
export async function paused(ms: number, deadline: Deadline): Promise<boolean> {
  if (ms >= msLeft(deadline)) return false;
  const { signal } = deadline;
  return await sleep(ms, true, signal && { signal }).catch(() => false);
}

/** What the work results in, or what `late` returns if the deadline is first. The work goes on. */
export async function beforeDeadline<T>(work: Promise<T>, deadline: Deadline, late: () => T): Promise<T> {
  const { signal } = deadline;
  const ended = new AbortController();
  const waited = sleep(msLeft(deadline), undefined, { signal: ended.signal }).catch(() => undefined);
  const stop = () => ended.abort();
  signal?.addEventListener('abort', stop, { once: true });
  return await Promise.race([work, waited.then(late)]).finally(() => {
    signal?.removeEventListener('abort', stop);
    ended.abort();
  });
}
