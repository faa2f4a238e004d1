import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { createOwner } from '../../src/store/owner.ts';
import { openLog } from '../../src/store/sqlite-wal.ts';
import type { Store } from '../../src/store/store.ts';
import { makeSqlitePlace } from './place.ts';
import { body, entry, intent } from './samples.ts';

type DataSync = FileHandle['datasync'];

let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
let datasync: MockInstance<DataSync>;
beforeEach(async () => {
  place = await makeSqlitePlace();
  // Node does not export the class of its handles; every handle has the one prototype.
  const handle = await open(import.meta.filename);
  datasync = vi.spyOn(Object.getPrototypeOf(handle) as { datasync: DataSync }, 'datasync');
  await handle.close();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await place.remove();
});

/** A disk that takes its time: each wait ends when `done` is called. */
function slowDisk(): { done: () => void } {
  const waiting: (() => void)[] = [];
  const wait: DataSync = () => new Promise((resolve) => waiting.push(resolve));
  datasync.mockImplementation(wait);
  return {
    done() {
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

it('tells of an intent once it is on the disk', async () => {
  const store = await place.open(createOwner());
  const disk = slowDisk();
  let told = false;
  const opening = store.open(intent('one')).then(() => (told = true));
  await vi.waitFor(() => expect(datasync).toHaveBeenCalledOnce(), 20_000);
  await sleep(50);
  // It is in the log for every process to see, but a power cut could still take it.
  expect(await (await place.open(createOwner())).head()).toMatchObject({ seq: 1 });
  expect(told).toBe(false);
  disk.done();
  await opening;
});

it.each<[string, (store: Store) => Promise<unknown>]>([
  ['an attempt', (store) => store.attempt(entry('one'))],
  ['an approver', ({ approvals }) => approvals.addApprover('ann', 'a verifier')],
  ['what counts once', ({ approvals }) => approvals.spend({ id: 'one', expiresAt: Date.now() + 60_000 })],
])('tells of %s once it is on the disk', async (_what, write) => {
  const store = await place.open(createOwner());
  datasync.mockClear();
  await write(store);
  expect(datasync).toHaveBeenCalledOnce();
});

it('tells of an outcome at once, and brings it to the disk in a moment', async () => {
  const store = await place.open(createOwner());
  await store.open(intent('one'));
  datasync.mockClear();
  const disk = slowDisk();
  expect(await store.close('one', 'updated', body())).toBe(true);
  await vi.waitFor(() => expect(datasync).toHaveBeenCalledOnce(), 20_000);
  disk.done();
});

it('lets all that come during a wait share the next one', async () => {
  await place.open(createOwner());
  const log = await openLog(place.file);
  datasync.mockClear();
  const disk = slowDisk();
  const order: string[] = [];
  const first = log.flush().then(() => order.push('first'));
  await vi.waitFor(() => expect(datasync).toHaveBeenCalledTimes(1), 20_000);
  const rest = Array.from({ length: 5 }, () => log.flush().then(() => order.push('rest')));
  disk.done();
  await first;
  await vi.waitFor(() => expect(datasync).toHaveBeenCalledTimes(2), 20_000);
  expect(order).toEqual(['first']);
  disk.done();
  await Promise.all(rest);
  expect(datasync).toHaveBeenCalledTimes(2);
  await log.close();
});

it.each([
  ['EIO', 'cannot be read or written: the disk or the file system reports an error.'],
  ['ENOSPC', 'cannot grow: the disk is full.'],
])('opens nothing where the disk says %s, and keeps nobody from that person', async (code, says) => {
  const store = await place.open(createOwner());
  datasync.mockRejectedValueOnce(Object.assign(new Error(code), { code, syscall: 'fdatasync' }));
  await expect(store.open(intent('one'))).rejects.toThrow(`The store ${place.file} ${says}`);
  expect(await store.list({ changeId: 'one', limit: 1 })).toMatchObject([{ kind: 'closed', outcome: 'failed' }]);
  expect(await store.open(intent('two'))).toMatchObject({ kind: 'opened' });
});
