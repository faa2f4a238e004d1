/** Failures of one key before the next try has to wait; the wait doubles with each further one. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGOTTEN_MS = 60 * 60_000;
const MAX_KEYS = 10_000;

export interface BackOff {
  /** How long this key still has to wait, in milliseconds. */
  left(key: string): number;
  fail(key: string): void;
  forget(key: string): void;
}

/** Slows down repeated failures. Bounded: the keys that failed longest ago are forgotten first. */
export function createBackOff(now: () => number = Date.now): BackOff {
  const failed = new Map<string, { failures: number; at: number; until: number }>();

  function find(key: string) {
    const found = failed.get(key);
    return found && found.at + FORGOTTEN_MS > now() ? found : undefined;
  }

  return {
    left: (key) => Math.max(0, (find(key)?.until ?? 0) - now()),
    fail(key) {
      const failures = (find(key)?.failures ?? 0) + 1;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, failures - FREE_FAILURES));
      failed.delete(key);
      failed.set(key, { failures, at: now(), until: failures < FREE_FAILURES ? 0 : now() + wait });
      const [oldest] = failed.keys();
      if (failed.size > MAX_KEYS && oldest !== undefined) failed.delete(oldest);
    },
    forget: (key) => void failed.delete(key),
  };
}
