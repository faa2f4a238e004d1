import { fdatasync, fdatasyncSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import { openLog } from '../../../src/store/sqlite/wal.ts';
import type { Store } from '../../../src/store/store.ts';
import { body, entry, intent } from '../../support/store/samples.ts';
import { makeSqlitePlace } from '../../support/store/sqlite.ts';

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, fdatasync: vi.fn(fs.fdatasync), fdatasyncSync: vi.fn(fs.fdatasyncSync) };
});
const [threaded, blocking] = [vi.mocked(fdatasync), vi.mocked(fdatasyncSync)];

let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
let store: Store;
beforeEach(async () => {
  place = await makeSqlitePlace();
  store = await place.open(createProcessId());
  vi.clearAllMocks();
});
afterEach(async () => {
  // As they were made: the real ones.
  threaded.mockReset();
  blocking.mockReset();
  letGo();
  await place.remove();
});

const waits: (() => void)[] = [];
function letGo(): void {
  for (const end of waits.splice(0)) end();
}

/** From now on each wait for the disk lasts until it is let go. */
function slowDisk(): void {
  threaded.mockImplementation((_fd, done) => void waits.push(() => done(null)));
}

const asked = (times: number) => vi.waitFor(() => expect(threaded).toHaveBeenCalledTimes(times), 20_000);
const failing = (code: string) => Object.assign(new Error(code), { code, syscall: 'fdatasync' });

describe('what is told once it is on the disk', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['an intent', () => store.open(intent('one'))],
    ['an attempt', () => store.attempt(entry('one'))],
    ['an approver', () => store.approvals.addApprover('ann', 'a verifier')],
    ['what counts once', () => store.approvals.consume({ id: 'one', expiresAt: Date.now() + 60_000 })],
  ])('%s, without another thread where nobody else is busy', async (_what, write) => {
    await write();
    expect(blocking).toHaveBeenCalledOnce();
    expect(threaded).not.toHaveBeenCalled();
  });

  it('an intent beside others, which go on meanwhile', async () => {
    await store.open(intent('one'));
    slowDisk();
    let told = false;
    const opening = store.open(intent('two', { userId: 'john' })).then(() => (told = true));
    await asked(1);
    // Every process sees it in the log, but a power cut could still take it.
    expect(await (await place.open(createProcessId())).head()).toMatchObject({ seq: 2 });
    expect(await store.close('one', 'updated', body())).toBe(true);
    await sleep(50);
    expect(told).toBe(false);
    letGo();
    await opening;
    expect(blocking).toHaveBeenCalledOnce();
  });
});

it('tells of an outcome at once, and brings it to the disk in a moment', async () => {
  await store.open(intent('one'));
  slowDisk();
  expect(await store.close('one', 'updated', body())).toBe(true);
  await asked(1);
});

it('lets all that come during a wait share the next one', async () => {
  const log = await openLog(place.file);
  slowDisk();
  const order: string[] = [];
  const first = log.flush().then(() => order.push('first'));
  await asked(1);
  const others = Array.from({ length: 5 }, () => log.flush().then(() => order.push('another')));
  letGo();
  await first;
  await asked(2);
  expect(order).toEqual(['first']);
  letGo();
  await Promise.all(others);
  expect(threaded).toHaveBeenCalledTimes(2);
  await log.close();
});

describe.each([
  ['EIO', 'cannot be read or written: the disk or the file system reports an error.'],
  ['ENOSPC', 'cannot grow: the disk is full.'],
])('a disk that says %s', (code, says) => {
  it.each(['alone', 'beside others'])('lets no intent be told, %s, and keeps nobody from that person', async (how) => {
    if (how === 'beside others') await store.open(intent('another', { userId: 'john' }));
    threaded.mockImplementationOnce((_fd, done) => done(failing(code)));
    blocking.mockImplementationOnce(() => {
      throw failing(code);
    });
    await expect(store.open(intent('change-of-jane'))).rejects.toThrow(`The store ${place.file} ${says}`);
    expect(await store.list({ changeId: 'change-of-jane', limit: 1 })).toMatchObject([
      { kind: 'closed', outcome: 'failed' },
    ]);
    // The system may take what it could not write for written: the main file has it now, whatever becomes of the log.
    expect(readFileSync(place.file).includes('change-of-jane')).toBe(true);
    blocking.mockReset();
    expect(await store.open(intent('two'))).toMatchObject({ kind: 'opened' });
  });
});
