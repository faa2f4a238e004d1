import { open } from 'node:fs/promises';
import { once } from '../once.ts';

/**
 * Waits for the disk beside the event loop, which SQLite itself would hold up for as long. A commit stands in the
 * write-ahead log, where every process sees it and where it outlives this one; what is left to do is to bring the log's
 * bytes to the disk, so that they outlive a power cut too. Several commits that wait share one trip.
 */
export interface Sync {
  /** Resolves when everything that was committed before the call is on the disk. Throws what the file system throws. */
  now(): Promise<void>;
  close(): Promise<void>;
}

/** `file` is the database: SQLite keeps its log beside it for as long as a connection is open (https://sqlite.org/wal.html). */
export function createSync(file: string): Sync {
  const log = once(() => open(`${file}-wal`, 'r+'));
  let running = Promise.resolve();
  let next: Promise<void> | undefined;

  async function flush(): Promise<void> {
    next = undefined;
    await (await log()).datasync();
  }

  return {
    now() {
      // The one that runs may have begun before the commit: it takes another, which begins when that one has ended.
      if (!next) {
        next = running.then(flush);
        running = next.catch(() => {});
      }
      return next;
    },
    async close() {
      await running;
      if (log.begun()) await (await log()).close();
    },
  };
}
