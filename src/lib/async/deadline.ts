import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFacts } from '../log.ts';

/**
 * How long something may take: until a point in time, and no longer than its caller waits. A number instead of combined
 * signals: it is cheap, needs no clean-up, and cannot be garbage-collected too early, as the sources of `AbortSignal.any`
 * can (https://github.com/nodejs/node/issues/57736).
 */
export interface Deadline {
  /** Milliseconds of the monotonic clock, as `performance.now()` counts them; pauses are not part of it. */
  at: number;
  /** Aborted when the caller stops waiting. */
  signal?: AbortSignal;
  /** Added to log lines about the work, such as the change it belongs to. */
  facts?: LogFacts;
  /** Pauses that do not count. Without it, all do. */
  pauses?: Pauses;
}

/** Pauses during which the clock of a deadline stands still. Shared by the deadlines of one piece of work. */
export interface Pauses {
  /** A pause that would end later counts like any other wait. */
  readonly until: number;
  /** How long they were together, in ms; those at the same time count once. */
  ms: number;
  lastEnd: number;
}

/** A deadline `ms` from now. */
export function startDeadline(ms: number, signal?: AbortSignal, facts?: LogFacts, pauses?: Pauses): Deadline {
  const at = performance.now() + ms - (pauses?.ms ?? 0);
  return { at, ...(signal && { signal }), ...(facts && { facts }), ...(pauses && { pauses }) };
}

/** Pauses until a time of the monotonic clock do not count. */
export function startPauses(until: number): Pauses {
  return { until, ms: 0, lastEnd: 0 };
}

export function isOver(deadline: Deadline): boolean {
  return msLeft(deadline) === 0;
}

/** Milliseconds, never below 0. Also 0 when the caller has stopped waiting. */
export function msLeft(deadline: Deadline): number {
  return deadline.signal?.aborted ? 0 : Math.max(0, msUntil(deadline));
}

/** Milliseconds, whether or not the caller still waits; negative when the deadline is past. */
export function msUntil({ at, pauses }: Deadline): number {
  return at + (pauses?.ms ?? 0) - performance.now();
}

/** Waits, then returns true. False if the caller stops waiting meanwhile, and at once if the wait would end too late. */
export async function paused(ms: number, deadline: Deadline): Promise<boolean> {
  if (ms >= msLeft(deadline)) return false;
  const { signal } = deadline;
  return await sleep(ms, true, signal && { signal }).catch(() => false);
}

/** Waits like `paused`, without counting the time if the deadline says so. */
export async function pausedUncounted(ms: number, deadline: Deadline): Promise<boolean> {
  const { pauses, signal } = deadline;
  if (!pauses || !isUncounted(ms, deadline)) return await paused(ms, deadline);
  const began = performance.now();
  const isWhole = await sleep(ms, true, signal && { signal }).catch(() => false);
  const ended = performance.now();
  pauses.ms += ended - Math.max(began, pauses.lastEnd);
  pauses.lastEnd = ended;
  return isWhole;
}

function isUncounted(ms: number, { pauses, signal }: Deadline): boolean {
  return pauses !== undefined && !signal?.aborted && performance.now() + ms < pauses.until;
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
