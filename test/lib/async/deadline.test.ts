import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it, vi } from 'vitest';
import { isOver, msLeft, paused, startDeadline } from '../../../src/lib/async/deadline.ts';
import { exchange } from '../../../src/upstream/http/transport.ts';
import { startOrigin } from '../../support/vendors/origin.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

afterEach(() => void vi.useRealTimers());

it('is over after its time', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const deadline = startDeadline(30);
  vi.advanceTimersByTime(29);
  expect([isOver(deadline), msLeft(deadline)]).toEqual([false, 1]);
  vi.advanceTimersByTime(31);
  expect([isOver(deadline), msLeft(deadline)]).toEqual([true, 0]);
});

it('is over once the caller stopped waiting, before or after', () => {
  const caller = new AbortController();
  const deadline = startDeadline(60_000, caller.signal);
  expect(msLeft(deadline)).toBeGreaterThan(9000);
  caller.abort();
  expect(isOver(deadline)).toBe(true);
  expect(isOver(startDeadline(10_000, AbortSignal.abort()))).toBe(true);
});

it('allows waits that end in time, and no others', async () => {
  expect(await paused(5, startDeadline(60_000))).toBe(true);
  expect(await paused(5000, startDeadline(1000))).toBe(false);
  expect(await paused(0, startDeadline(0))).toBe(false);
  expect(await paused(5000, startDeadline(60_000, AbortSignal.timeout(20)))).toBe(false);
});

it('holds for a request to a vendor that never responds, whatever is garbage-collected', async () => {
  const { url } = await startOrigin(() => {});
  const request = { method: 'GET' as const, origin: url, path: '/', headers: {}, timeoutMs: 300, maxBytes: 1000 };
  const pending = exchange(request).catch((error: unknown) => String(error));
  for (let round = 0; round < 5; round++) {
    await sleep(20);
    collectGarbage();
  }
  expect(await pending).toContain('timeout');
});
