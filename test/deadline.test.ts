import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { startDeadline } from '../src/deadline.ts';
import { exchange } from '../src/upstream/transport.ts';
import { startOrigin } from './upstream/origin.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const ended = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

it('ends after its time', async () => {
  const { signal } = startDeadline(30);
  expect(signal.aborted).toBe(false);
  await sleep(60);
  expect(signal.aborted).toBe(true);
});

it('ends with any of its parents', async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const { signal } = startDeadline(10_000, first.signal, second.signal);
  second.abort();
  expect(signal.aborted).toBe(true);
});

it('has ended already when a parent has', () => {
  expect(startDeadline(10_000, AbortSignal.abort()).signal.aborted).toBe(true);
});

it('ends no more once it is released', async () => {
  const parent = new AbortController();
  const { signal, release } = startDeadline(20, parent.signal);
  release();
  parent.abort();
  await sleep(50);
  expect(signal.aborted).toBe(false);
});

it('ends however often garbage is collected, over several generations', async () => {
  const outer = startDeadline(150, new AbortController().signal).signal;
  const waiting = ended(startDeadline(10_000, outer).signal);
  const collecting = setInterval(collectGarbage, 10);
  const result = await Promise.race([waiting.then(() => 'ended'), sleep(2000, 'waits forever')]);
  clearInterval(collecting);
  expect(result).toBe('ended');
});

it('holds for a request to a vendor that never answers', async () => {
  const { url } = await startOrigin(() => {});
  const collecting = setInterval(collectGarbage, 10);
  const request = {
    method: 'GET' as const,
    url,
    headers: {},
    signal: new AbortController().signal,
    timeoutMs: 300,
    maxBytes: 9,
  };
  const result = await Promise.race([
    exchange(request).catch((error: unknown) => String(error)),
    sleep(3000, 'waits forever'),
  ]);
  clearInterval(collecting);
  expect(result).toContain('timeout');
});
