import { setImmediate as nextTick } from 'node:timers/promises';
import { whenFree } from './sqlite-busy.ts';
import type { SqliteDatabase } from './sqlite-driver.ts';

/** Group commit: the changes that wait in one tick of the event loop share a transaction, and so one trip to the disk. */
export interface Batch {
  /**
   * Runs `work` inside a transaction that holds the write lock. Resolves when what it did is on the disk, or, with `log`,
   * as soon as it is committed: that outlives the process, and follows to the disk at once. When it throws, nothing it did
   * is kept, and the others of its transaction do not notice. It may be run several times.
   */
  run<T>(work: () => T, until?: Until): Promise<T>;
  /** Resolves when nothing is waiting any more, for the database or for the disk. */
  idle(): Promise<void>;
}

type Until = 'disk' | 'log';

/** `sync` brings to the disk what was committed before it is called. */
export function createBatch(db: SqliteDatabase, sync: () => Promise<void>): Batch {
  const queue: Job[] = [];
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  let draining: Promise<void> | undefined;
  let synced: Promise<void> | undefined;

  async function drain(): Promise<void> {
    do {
      await nextTick();
      const settled = await commit(queue.splice(0, maxJobs));
      const onDisk = sync();
      for (const settle of settled) settle(onDisk);
      synced = onDisk.catch(() => {}); // whoever waits for it was told by now
    } while (queue.length > 0);
    draining = undefined;
  }

  async function commit(jobs: readonly Job[]): Promise<Settle[]> {
    try {
      return await whenFree(() => runTogether(jobs));
    } catch (error) {
      const [first, ...others] = jobs;
      if (others.length === 0) return first ? [() => first.reject(error)] : [];
      // Nothing was kept, for what one of them wanted: each on its own.
      const settled: Settle[] = [];
      for (const job of jobs) settled.push(...(await commit([job])));
      return settled;
    }
  }

  function runTogether(jobs: readonly Job[]): Settle[] {
    begin.run();
    try {
      const settled = jobs.map((job) => job.attempt());
      end.run();
      return settled;
    } catch (error) {
      rollBack(db);
      throw error;
    }
  }

  return {
    run: <T>(work: () => T, until: Until = 'disk') =>
      new Promise<T>((resolve, reject) => {
        const attempt = (): Settle => {
          const value = work();
          const done = () => resolve(value);
          return until === 'log' ? done : (onDisk) => void onDisk.then(done, reject);
        };
        queue.push({ attempt, reject });
        draining ??= drain();
      }),
    async idle() {
      await draining;
      await synced;
    },
  };
}

interface Job {
  /** Does the work; what it returns tells the caller so, once that is safe. */
  attempt: () => Settle;
  reject: (error: unknown) => void;
}

/** Called after the commit. */
type Settle = (onDisk: Promise<void>) => void;

/** Others must get the lock in between, however much one process has to do. */
const maxJobs = 200;

function rollBack(db: SqliteDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}
