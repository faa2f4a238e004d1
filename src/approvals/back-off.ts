/** The fifth failure of a key starts a wait, which doubles with each further one. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_AFTER_MS = 60 * 60_000;
const MAX_KEYS = 10_000;

export interface BackOff {
  /** Milliseconds this key still has to wait. */
  remaining(key: string): number;
  fail(key: string): void;
  reset(key: string): void;
}

/** Slows down repeated failures. Memory is bounded: the keys that failed longest ago are forgotten first. */
export function createBackOff(now: () => number = Date.now): BackOff {
  const failed = new Map<string, { failures: number; at: number; until: number }>();

  function find(key: string) {
    const found = failed.get(key);
    return found && found.at + FORGET_AFTER_MS > now() ? found : undefined;
  }

  return {
    remaining: (key) => Math.max(0, (find(key)?.until ?? 0) - now()),
    fail(key) {
      const failures = (find(key)?.failures ?? 0) + 1;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, failures - FREE_FAILURES));
      failed.delete(key);
      failed.set(key, { failures, at: now(), until: failures < FREE_FAILURES ? 0 : now() + wait });
      const [oldest] = failed.keys();
      if (failed.size > MAX_KEYS && oldest !== undefined) failed.delete(oldest);
    },
    reset: (key) => void failed.delete(key),
  };
}
