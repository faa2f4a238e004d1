import { close, fdatasync, fdatasyncSync, open } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Flushes the write-ahead log of an open database. With `synchronous = NORMAL`, SQLite only hands a commit to the
 * system; writes that must survive a power cut wait for `flush`. As safe as `FULL` (https://sqlite.org/wal.html), but
 * many commits share one wait, and the event loop is free meanwhile.
 */
export interface WriteAheadLog {
  /** Resolves when everything committed before the call is on the disk. Throws a system error if the disk fails. */
  flush(): Promise<void>;
  /** The same for when nothing else could run meanwhile: avoids the hop to another thread. */
  flushBlocking(): void;
  /** Flushes shortly, unless another call does so earlier. */
  flushSoon(): void;
  close(): Promise<void>;
}

/** How the bytes of a file are flushed to the disk. */
export interface Disk {
  flush(fd: number): Promise<void>;
  flushBlocking(fd: number): void;
}

const systemDisk: Disk = { flush: promisify(fdatasync), flushBlocking: fdatasyncSync };

const soonMs = 50;

/** `file` is the database file, whose log has to exist already. */
export async function openLog(file: string, disk = systemDisk): Promise<WriteAheadLog> {
  // Opened for writing too: otherwise Windows flushes nothing. SQLite keeps no lock on this file that closing it could
  // drop.
  const fd = await promisify(open)(`${file}-wal`, 'r+');
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** One flush at a time: calls that come during one share the next, which begins after their commits. */
  async function afterRunning(): Promise<void> {
    await running.catch(() => {});
    next = undefined;
    running = disk.flush(fd);
    await running;
  }

  function dropTimer(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  async function flush(): Promise<void> {
    dropTimer();
    next ??= afterRunning();
    await next;
  }

  return {
    flush,
    flushBlocking() {
      dropTimer();
      disk.flushBlocking(fd);
    },
    flushSoon() {
      // The next write reports what is wrong with the disk.
      timer ??= setTimeout(() => void flush().catch(() => {}), soonMs).unref();
    },
    async close() {
      dropTimer();
      await (next ?? running).catch(() => {});
      await promisify(close)(fd);
    },
  };
}
