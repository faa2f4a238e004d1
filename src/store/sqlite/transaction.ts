import { setTimeout as sleep } from 'node:timers/promises';
import { createGroupCommit, type GroupCommit } from '../log/group-commit.ts';
import type { SqliteDatabase } from './driver.ts';
import { isBusy } from './errors.ts';

/**
 * The group commit of a connection. Its work is synchronous, so a transaction takes no longer than a tick. Committed
 * work survives this process, and a power cut once the write-ahead log was flushed. `inFlight` returns how many other
 * writes may be about to start; `around` is called at both ends of each transaction.
 */
export function createSqliteGroupCommit(
  db: SqliteDatabase,
  inFlight: () => number,
  around: { begin(): void; end(): void },
): GroupCommit<void> {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return createGroupCommit<void>({
    maxBatch: 200,
    inFlight,
    write: (batch) =>
      whenFree(() => {
        begin.run();
        try {
          around.begin();
          const values = batch.map((work) => work());
          around.end();
          commit.run();
          return values;
        } catch (error) {
          rollBack(db);
          throw error;
        }
      }),
  });
}

/**
 * Runs `work`, and retries for a minute while another process holds the lock. SQLite itself waits 10 s each time, but
 * returns "busy" at once if waiting could deadlock, and wakes waiters in no particular order. `work` must be safe to
 * repeat.
 */
export async function whenFree<T>(work: () => T): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
    }
    // Random, so that processes that collided once do not collide again.
    await sleep(5 + Math.random() * 45);
  }
}

export function rollBack(db: SqliteDatabase): void {
  try {
    db.exec('ROLLBACK');
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}
