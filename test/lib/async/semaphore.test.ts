import { expect, it } from 'vitest';
import { createSemaphore } from '../../../src/lib/async/semaphore.ts';

/** Counts how many tasks run at once. */
function counter() {
  let running = 0;
  const peak = { most: 0 };
  const task = async (turns: number) => {
    peak.most = Math.max(peak.most, ++running);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    running--;
  };
  return { peak, task };
}

it.each([1, 2, 5])('runs at most %d tasks at once, and all of them in the end', async (width) => {
  const semaphore = createSemaphore(width);
  const { peak, task } = counter();
  let done = 0;
  await Promise.all(Array.from({ length: 50 }, (_, i) => semaphore('a', () => task(20 + (i % 7))).then(() => done++)));
  expect(peak.most).toBe(width);
  expect(done).toBe(50);
});

it('keeps its limit when a task arrives just as another ends', async () => {
  for (let delay = 0; delay < 12; delay++) {
    const semaphore = createSemaphore(1);
    const { peak, task } = counter();
    const late = async () => {
      for (let turn = 0; turn < delay; turn++) await Promise.resolve();
      await semaphore('a', () => task(6));
    };
    await Promise.all([semaphore('a', () => task(3)), semaphore('a', () => task(6)), late()]);
    expect(peak.most, `after ${delay} turns`).toBe(1);
  }
});

it('continues after a task that fails', async () => {
  const semaphore = createSemaphore(1);
  await expect(semaphore('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await semaphore('a', async () => 'yes')).toBe('yes');
});

it('keeps the queues of two keys apart', async () => {
  const semaphore = createSemaphore(1);
  const never = new Promise<void>(() => {});
  void semaphore('a', () => never);
  expect(await semaphore('b', async () => 'done')).toBe('done');
});
