import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';
import { whenFree } from './busy.ts';
import type { SqliteDatabase } from './driver.ts';

/** Group commit: the changes that wait in one tick of the event loop share a transaction. */
export interface Batch {
  /**
   * Runs `work` inside a transaction that holds the write lock. Resolves after the commit: what it did outlives this
   * process by then, and a power cut once the log was flushed. When it throws, nothing it did is kept, and the others of
   * its transaction do not notice. It may be run several times.
   */
  run<T>(work: () => T): Promise<T>;
}

/** `inFlight` tells how many others may be about to write, and so whether it is worth waiting for them. */
export function createBatch(db: SqliteDatabase, inFlight: () => number = () => 2): Batch {
  const queue: Job[] = [];
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    do {
      await gathering(inFlight());
      for (const settle of await commit(queue.splice(0, maxJobs))) settle();
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
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        const attempt = (): Settle => {
          const value = work();
          return () => resolve(value);
        };
        queue.push({ attempt, reject });
        draining ??= drain();
      }),
  };
}

interface Job {
  /** Does the work; what it returns tells the caller so, once that is safe. */
  attempt: () => Settle;
  reject: (error: unknown) => void;
}

type Settle = () => void;

/** One has nobody to wait for. Where many are busy, a moment costs nobody time and saves them whole transactions. */
async function gathering(inFlight: number): Promise<void> {
  if (inFlight > few) await sleep(gatherMs);
  else if (inFlight > 1) await nextTick();
}

const few = 4;
const gatherMs = 1;

/** Others must get the lock in between, however much one process has to do. */
const maxJobs = 200;

function rollBack(db: SqliteDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}
