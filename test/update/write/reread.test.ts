import { expect, it } from 'vitest';
import { lagOf, rereadWaits } from '../../../src/update/write/reread.ts';
import { startPlainUpdate } from '../../support/pipeline/plain-update.ts';
import { json, startOrigin } from '../../support/vendors/origin.ts';
import { plainConnection } from '../../support/vendors/plain-provider.ts';

const read = (lagMs?: readonly number[]) => ({ read: { path: '/', ...(lagMs && { lagMs }) } });

it.each<[readonly number[] | undefined, 'accepted' | 'unknown', readonly number[]]>([
  [undefined, 'accepted', [150, 600]],
  [undefined, 'unknown', [250, 750, 2000]],
  [[500, 2000], 'accepted', [500, 2000]],
  [[], 'accepted', []],
  [[500, 2000], 'unknown', [250, 750, 2000]],
  [[5000], 'unknown', [250, 750, 2000, 2000]],
])('a vendor whose reads lag %j is read again after a write that was %s in %j ms', (lagMs, written, waits) => {
  expect(rereadWaits(read(lagMs), written)).toEqual(waits);
  expect(lagOf(read(lagMs))).toBe((lagMs ?? []).reduce((total, ms) => total + ms, 0));
});

/** A service that shows a write to reads only after some time. */
async function startLagging(lag: number, lagMs?: readonly number[], reply = true) {
  let title = 'Old';
  let shownFrom = 0;
  const { url, seen } = await startOrigin((request, response) => {
    if (request.method === 'GET') {
      return json(response, 200, { id: '1', name: 'Jane Doe', title: performance.now() >= shownFrom ? title : 'Old' });
    }
    title = 'CEO';
    shownFrom = performance.now() + lag;
    return reply ? json(response, 200, {}) : response.destroy();
  });
  const connection = plainConnection(url, { read: { path: '/users/{userId}', ...(lagMs && { lagMs }) } });
  return { ...(await startPlainUpdate(connection)), seen };
}

it('a change that shows late is seen within the declared lag', async () => {
  const { call, seen } = await startLagging(1500, [200, 2200]);
  expect(await call('1', { set: { title: 'CEO' } })).toMatchObject({ outcome: 'updated' });
  expect(seen.filter((line) => line.startsWith('GET'))).toHaveLength(4);
});

it('a change that shows later is not taken for done', async () => {
  const { call } = await startLagging(60_000, [10, 20]);
  expect(await call('1', { set: { title: 'CEO' } })).toMatchObject({ outcome: 'unverified' });
});

it('a lost reply is looked into for as long as the reads lag', async () => {
  const { call } = await startLagging(3500, [2000, 2500], false);
  expect(await call('1', { set: { title: 'CEO' } })).toMatchObject({ outcome: 'updated' });
});

it('does not wait beyond the first read that shows the change', async () => {
  const { call } = await startLagging(0, [20_000]);
  const started = performance.now();
  expect(await call('1', { set: { title: 'CEO' } })).toMatchObject({ outcome: 'updated' });
  expect(performance.now() - started).toBeLessThan(15_000);
});
