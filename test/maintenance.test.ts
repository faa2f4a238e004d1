import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startMaintenance } from '../src/maintenance.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('runs soon and then every minute, one run at a time, until it is stopped', async () => {
  let [begun, now, most] = [0, 0, 0];
  const maintain = async () => {
    begun++;
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 90_000));
    now--;
  };
  const stop = startMaintenance({ maintain }, 200);
  await vi.advanceTimersByTimeAsync(199);
  expect(begun).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toBe(1);
  await vi.advanceTimersByTimeAsync(150_000);
  expect(begun).toBe(2);
  stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect({ begun, most }).toEqual({ begun: 2, most: 1 });
});
