import { close, fdatasync, fdatasyncSync, open } from 'node:fs';
import { promisify } from 'node:util';

/**
 * The write-ahead log of an open database, as the disk has it. SQLite, set to `synchronous = NORMAL`, leaves a commit to
 * the system; what must outlive a power cut waits for `flush`. As safe as `FULL` (https://sqlite.org/wal.html), but many
 * commits share one wait, and the event loop goes on meanwhile.
 */
export interface WriteAheadLog {
  /**
   * Resolves once all that was committed before the call is on the disk. Throws a system error when the disk fails. Where
   * nobody else has anything to do meanwhile (`isAlone`), it waits without the detour of another thread.
   */
  flush(isAlone?: boolean): Promise<void>;
  /** Brings what was committed to the disk in a moment, if nobody else does so earlier. */
  flushSoon(): void;
  close(): Promise<void>;
}

const soonMs = 50;

/** `file` is the database's, which must have its log by now. */
export async function openLog(file: string): Promise<WriteAheadLog> {
  // For writing too: without it Windows flushes nothing. SQLite keeps no lock on this file that closing it could drop.
  const fd = await promisify(open)(`${file}-wal`, 'r+');
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** One at a time: who comes during a wait shares the next one, which begins after what they committed. */
  async function afterRunning(): Promise<void> {
    await running.catch(() => {});
    next = undefined;
    running = promisify(fdatasync)(fd);
    await running;
  }

  async function flush(isAlone = false): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (isAlone) return fdatasyncSync(fd);
    next ??= afterRunning();
    await next;
  }

  return {
    flush,
    flushSoon() {
      // Whoever writes next is told what is wrong with the disk.
      timer ??= setTimeout(() => void flush().catch(() => {}), soonMs).unref();
    },
    async close() {
      clearTimeout(timer);
      await (next ?? running).catch(() => {});
      await promisify(close)(fd);
    },
  };
}
