import { setImmediate as nextTick } from 'node:timers/promises';
import { whenFree } from './sqlite-busy.ts';
import type { SqliteDatabase } from './sqlite-driver.ts';
import { resultCode } from './sqlite-errors.ts';

/** Group commit: the changes that wait in one tick of the event loop share a transaction, and so one wait for the disk. */
export interface Batch {
  /**
   * Runs `work` inside a transaction that holds the write lock. Resolves after the commit, so what it did is durable; when
   * it throws, nothing it did is kept, and the others of its transaction do not notice. It may be run several times.
   */
  run<T>(work: () => T): Promise<T>;
  /** Resolves when nothing is waiting any more. */
  idle(): Promise<void>;
}

export function createBatch(db: SqliteDatabase): Batch {
  const queue: Job[] = [];
  let draining: Promise<void> | undefined;

  async function drain(): Promise<void> {
    do {
      await nextTick();
      for (const settle of await commit(db, queue.splice(0, maxJobs))) settle();
    } while (queue.length > 0);
    draining = undefined;
  }

  return {
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        queue.push({ attempt: () => toSettle(work(), resolve), reject });
        draining ??= drain();
      }),
    idle: async () => draining,
  };
}

interface Job {
  /** Does the work; what it returns tells the caller so, once that is safe. */
  attempt: () => Settle;
  reject: (error: unknown) => void;
}

type Settle = () => void;

/** Others must get the lock in between, however much one process has to do. */
const maxJobs = 200;
const constraintFailed = 19;

function toSettle<T>(value: T, resolve: (value: T) => void): Settle {
  return () => resolve(value);
}

async function commit(db: SqliteDatabase, jobs: readonly Job[]): Promise<Settle[]> {
  try {
    return await whenFree(() => runTogether(db, jobs));
  } catch (error) {
    const [first, ...others] = jobs;
    if (others.length === 0) return first ? [() => first.reject(error)] : [];
    // The database gave up on the whole transaction, perhaps for what one of them wanted (a full disk): each on its own.
    const settled: Settle[] = [];
    for (const job of jobs) settled.push(...(await commit(db, [job])));
    return settled;
  }
}

function runTogether(db: SqliteDatabase, jobs: readonly Job[]): Settle[] {
  db.exec('BEGIN IMMEDIATE');
  try {
    const settled = jobs.map((job) => runApart(db, job));
    db.exec('COMMIT');
    return settled;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

function runApart(db: SqliteDatabase, job: Job): Settle {
  db.exec('SAVEPOINT job');
  try {
    const settle = job.attempt();
    db.exec('RELEASE job');
    return settle;
  } catch (error) {
    // An error of the database other than a broken constraint may have ended the transaction: not one job's matter.
    if ((resultCode(error) ?? constraintFailed) !== constraintFailed) throw error;
    db.exec('ROLLBACK TO job');
    db.exec('RELEASE job');
    return () => job.reject(error);
  }
}

function rollBack(db: SqliteDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}
