import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './errors.ts';

/**
 * Runs `work`, again as long as another process holds the lock, for a minute. SQLite itself waits 10 s each time, but
 * answers "busy" at once where waiting could deadlock, and wakes waiters in no order. `work` must be safe to repeat.
 */
export async function whenFree<T>(work: () => T): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
    }
    // At random, or processes that collided once would collide again.
    await sleep(5 + Math.random() * 45);
  }
}
