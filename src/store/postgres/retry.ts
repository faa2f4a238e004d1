import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing } from './errors.ts';

/**
 * Runs `work` until it succeeds or fails for good; again at least once, since a first failure may only mean that a
 * connection broke while it was idle, then as long as `mayRetry` allows it. `work` must be safe to repeat.
 */
export async function withRetries<T>(mayRetry: (elapsedMs: number) => boolean, work: () => Promise<T>): Promise<T> {
  const since = Date.now();
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || (tries > 1 && !mayRetry(Date.now() - since))) throw error;
    }
    // At random, or instances that lost the database together would come back together.
    await sleep(Math.min(25 * 2 ** tries, 1000) * (0.5 + Math.random()));
  }
}
