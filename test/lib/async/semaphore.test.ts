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

it.each([1, 2, 5])('lets at most %d run at once, all of them in the end', async (width) => {
  const gate = createSemaphore(width);
  const { peak, task } = counter();
  let done = 0;
  await Promise.all(Array.from({ length: 50 }, (_, i) => gate('a', () => task(20 + (i % 7))).then(() => done++)));
  expect(peak.most).toBe(width);
  expect(done).toBe(50);
});

it('stays closed to those who come at the very moment somebody leaves', async () => {
  for (let delay = 0; delay < 12; delay++) {
    const gate = createSemaphore(1);
    const { peak, task } = counter();
    const late = async () => {
      for (let turn = 0; turn < delay; turn++) await Promise.resolve();
      await gate('a', () => task(6));
    };
    await Promise.all([gate('a', () => task(3)), gate('a', () => task(6)), late()]);
    expect(peak.most, `after ${delay} turns`).toBe(1);
  }
});

it('opens again after a task that fails', async () => {
  const gate = createSemaphore(1);
  await expect(gate('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate('a', async () => 'yes')).toBe('yes');
});

it('keeps the lines of two keys apart', async () => {
  const gate = createSemaphore(1);
  const never = new Promise<void>(() => {});
  void gate('a', () => never);
  expect(await gate('b', async () => 'through')).toBe('through');
});
