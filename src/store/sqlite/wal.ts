import { close, fdatasync, fdatasyncSync, open } from 'node:fs';
import { promisify } from 'node:util';

/**
 * The write-ahead log of an open database, as the disk has it. SQLite, set to `synchronous = NORMAL`, leaves a commit to
 * the system; what must outlive a power cut waits for `flush`. As safe as `FULL` (https://sqlite.org/wal.html), but many
 * commits share one wait, and the event loop is free meanwhile.
 */
export interface WriteAheadLog {
  /** Resolves once all that was committed before the call is on the disk. Throws a system error when the disk fails. */
  flush(): Promise<void>;
  /** The same where nothing else could run meanwhile: saves the way through another thread. */
  flushBlocking(): void;
  /** Flushes in a moment, unless another call does so earlier. */
  flushSoon(): void;
  close(): Promise<void>;
}

/** How the bytes of a file are brought to the disk. */
export interface Disk {
  flush(fd: number): Promise<void>;
  flushBlocking(fd: number): void;
}

const systemDisk: Disk = { flush: promisify(fdatasync), flushBlocking: fdatasyncSync };

const soonMs = 50;

/** `file` is the database's, whose log has to exist by now. */
export async function openLog(file: string, disk = systemDisk): Promise<WriteAheadLog> {
  // For writing too: without it Windows flushes nothing. SQLite keeps no lock on this file that closing it could drop.
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
