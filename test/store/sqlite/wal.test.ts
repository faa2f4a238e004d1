import { fdatasync, fdatasyncSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import { type Disk, openLog } from '../../../src/store/sqlite/wal.ts';
import type { Store } from '../../../src/store/store.ts';
import { body, entry, intent } from '../../support/store/samples.ts';
import { createSqlitePlace, type SqlitePlace } from '../../support/store/sqlite.ts';

/** The disk of this machine, until a test makes it slow or fail. */
function createDisk() {
  const waits: (() => void)[] = [];
  const flush = vi.fn<Disk['flush']>(promisify(fdatasync));
  const flushBlocking = vi.fn<Disk['flushBlocking']>(fdatasyncSync);
  const release = (): void => {
    for (const end of waits.splice(0)) end();
  };
  return {
    flush,
    flushBlocking,
    /** From now on each flush beside others lasts until it is released. */
    slow: () => void flush.mockImplementation(() => new Promise((resolve) => waits.push(resolve))),
    release,
    /** The next flush of each kind fails. */
    failOnce(code: string) {
      const failing = () => Object.assign(new Error(code), { code, syscall: 'fdatasync' });
      flush.mockImplementationOnce(() => Promise.reject(failing()));
      flushBlocking.mockImplementationOnce(() => {
        throw failing();
      });
    },
    /** Forgets a failure that did not happen, and all calls. */
    heal() {
      flush.mockReset();
      flushBlocking.mockReset();
    },
    asked: (times: number) => vi.waitFor(() => expect(flush).toHaveBeenCalledTimes(times), 20_000),
  };
}

let place: SqlitePlace;
let disk: ReturnType<typeof createDisk>;
let store: Store;
beforeEach(async () => {
  place = await createSqlitePlace();
  disk = createDisk();
  store = await place.open(createProcessId(), { disk });
  onTestFinished(async () => {
    disk.heal();
    disk.release();
    await place.remove();
  });
});

describe('what is reported once it is on the disk', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['an intent', () => store.open(intent('one'))],
    ['an attempt', () => store.attempt(entry('one'))],
    ['an approver', () => store.approvals.addApprover('ann', 'a verifier')],
    ['what counts once', () => store.approvals.consume({ id: 'one', expiresAt: Date.now() + 60_000 })],
  ])('%s, without another thread where nothing else is in flight', async (_what, write) => {
    await write();
    expect(disk.flushBlocking).toHaveBeenCalledOnce();
    expect(disk.flush).not.toHaveBeenCalled();
  });

  it('an intent beside others, which continue meanwhile', async () => {
    await store.open(intent('one'));
    disk.slow();
    let reported = false;
    const opening = store.open(intent('two', { userId: 'john' })).then(() => (reported = true));
    await disk.asked(1);
    // Every process sees it in the log, but a power cut could still take it.
    expect(await (await place.open(createProcessId())).head()).toMatchObject({ seq: 2 });
    expect(await store.close('one', 'updated', body())).toBe(true);
    await sleep(50);
    expect(reported).toBe(false);
    disk.release();
    await opening;
    expect(disk.flushBlocking).toHaveBeenCalledOnce();
  });
});

it('reports an outcome at once, and flushes it in a moment', async () => {
  await store.open(intent('one'));
  disk.slow();
  expect(await store.close('one', 'updated', body())).toBe(true);
  await disk.asked(1);
});

it('shares the next flush among all calls that come during one', async () => {
  const log = await openLog(place.file, disk);
  disk.slow();
  const order: string[] = [];
  const first = log.flush().then(() => order.push('first'));
  await disk.asked(1);
  const others = Array.from({ length: 5 }, () => log.flush().then(() => order.push('another')));
  disk.release();
  await first;
  await disk.asked(2);
  expect(order).toEqual(['first']);
  disk.release();
  await Promise.all(others);
  expect(disk.flush).toHaveBeenCalledTimes(2);
  await log.close();
});

describe.each([
  ['EIO', 'cannot be read or written: the disk or the file system reports an error.'],
  ['ENOSPC', 'cannot grow: the disk is full.'],
])('a disk that says %s', (code, says) => {
  it.each(['alone', 'beside others'])(
    'reports no intent as opened, %s, and blocks no later change of that user',
    async (how) => {
      if (how === 'beside others') await store.open(intent('another', { userId: 'john' }));
      disk.failOnce(code);
      await expect(store.open(intent('change-of-jane'))).rejects.toThrow(`The store ${place.file} ${says}`);
      expect(await store.list({ changeId: 'change-of-jane', limit: 1 })).toMatchObject([
        { kind: 'closed', outcome: 'failed' },
      ]);
      // The system may take what it could not write as written: the main file has it now, whatever becomes of the log.
      expect(readFileSync(place.file).includes('change-of-jane')).toBe(true);
      disk.heal();
      expect(await store.open(intent('two'))).toMatchObject({ kind: 'opened' });
    },
  );
});
