import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';

const PAGE = Buffer.alloc(4096, 1);

/** Measures what this disk takes for one durable write. */
export interface Appender {
  /** Appends 4 KB and flushes them, as a durable commit does to SQLite's write-ahead log. Returns the milliseconds. */
  append(): number;
  close(): void;
}

/** The file has to be on the file system of the store that is compared. */
export function openAppender(path: string): Appender {
  const file = openSync(path, 'a');
  return {
    append() {
      const began = performance.now();
      writeSync(file, PAGE);
      fdatasyncSync(file);
      return performance.now() - began;
    },
    close: () => closeSync(file),
  };
}
