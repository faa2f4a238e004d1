import { setImmediate as nextTick } from 'node:timers/promises';
import { whenFree } from './sqlite-busy.ts';
import type { SqliteDatabase } from './sqlite-driver.ts';

/** Group commit: the changes that wait in one tick of the event loop share a transaction, and so one wait for the disk. */
export interface Batch {
  /**
   * Runs `work` inside a transaction that holds the write lock. Resolves after the commit. What it did is on the disk by
   * then, or, with `soon`, outlives this process and follows to the disk with the next commit that waits for it, or when
   * nothing has happened for a moment. When it throws, nothing it did is kept, and the others of its transaction do not
   * notice. It may be run several times.
   */
  run<T>(work: () => T, lasting?: Lasting): Promise<T>;
  /** Resolves when nothing is waiting any more. */
  idle(): Promise<void>;
}

type Lasting = 'at once' | 'soon';

/** `isAlone` tells whether anything else may be about to write, and so is worth a tick's wait. */
export function createBatch(db: SqliteDatabase, isAlone: () => boolean = () => false): Batch {
  const queue: Job[] = [];
  const sql = prepareAll(db);
  let draining: Promise<void> | undefined;
  let flushing: NodeJS.Timeout | undefined;

  async function drain(): Promise<void> {
    do {
      await (isAlone() ? undefined : nextTick());
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
    const waits = jobs.some(({ lasting }) => lasting === 'at once');
    // Takes effect where it is compiled, not where it is run: a prepared one would work once.
    db.exec(waits ? 'PRAGMA synchronous = FULL' : 'PRAGMA synchronous = NORMAL');
    sql.begin.run();
    try {
      const settled = jobs.map((job) => job.attempt());
      sql.commit.run();
      noteFlushed(waits);
      return settled;
    } catch (error) {
      rollBack(db);
      throw error;
    }
  }

  /** A commit that waits takes along what the ones before it left behind. */
  function noteFlushed(flushed: boolean): void {
    if (flushed) {
      clearTimeout(flushing);
      flushing = undefined;
    } else {
      flushing ??= setTimeout(() => {
        flushing = undefined;
        flush();
      }, flushMs).unref();
    }
  }

  /** A checkpoint brings the log to the disk before it copies from it; what it cannot do now, the next one does. */
  function flush(): void {
    try {
      sql.checkpoint.get();
    } catch {
      // Whoever writes next is told what is wrong with the file.
    }
  }

  return {
    run: <T>(work: () => T, lasting: Lasting = 'at once') =>
      new Promise<T>((resolve, reject) => {
        const attempt = (): Settle => {
          const value = work();
          return () => resolve(value);
        };
        queue.push({ attempt, lasting, reject });
        draining ??= drain();
      }),
    async idle() {
      await draining;
      clearTimeout(flushing);
    },
  };
}

interface Job {
  /** Does the work; what it returns tells the caller so, once that is safe. */
  attempt: () => Settle;
  lasting: Lasting;
  reject: (error: unknown) => void;
}

type Settle = () => void;

/** Others must get the lock in between, however much one process has to do. */
const maxJobs = 200;
const flushMs = 50;

function prepareAll(db: SqliteDatabase) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    checkpoint: db.prepare('PRAGMA wal_checkpoint(PASSIVE)'),
  };
}

function rollBack(db: SqliteDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}
