/**
 * Output into pipes. Node hands a pipe what it takes at once and queues the rest, and `process.exit` throws the queue
 * away: every command waits here before it ends.
 */

import { setTimeout as sleep } from 'node:timers/promises';

/** Codes of a reader that closed its end: `| head`, a client that is gone, a terminal that hung up. */
const READER_GONE = ['EPIPE', 'ECONNRESET', 'EIO'];

type Output = NodeJS.WriteStream;

/**
 * From now on a reader that closes its end is no error: what is written afterwards goes nowhere and the command ends as
 * it would have. `onFailure` is told of anything else that befalls stdout, such as a full disk.
 */
export function tolerateClosedReaders(onFailure: (code: string) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code = 'failed' }: NodeJS.ErrnoException) => {
      const isFirst = !gone.has(stream);
      gone.add(stream);
      if (isFirst && stream === process.stdout && !READER_GONE.includes(code)) onFailure(code);
    });
  }
}

/** Writes to stdout and waits until it takes more. False once the reader is gone: the rest need not be made. */
export async function write(text: string): Promise<boolean> {
  const { stdout } = process;
  if (gone.has(stdout)) return false;
  if (!stdout.write(text)) await flushed(stdout);
  return !gone.has(stdout);
}

/** Resolves when all output has left the process, or its readers are gone. */
export async function drainOutput(): Promise<void> {
  const drained = Promise.all([process.stdout, process.stderr].map(flushed));
  await (longestDrainMs === undefined ? drained : Promise.race([drained, sleep(longestDrainMs)]));
}

/** For a server, which has to end although its client reads no more: then the rest is lost. */
export function limitDrain(ms: number): void {
  longestDrainMs = ms;
}

let longestDrainMs: number | undefined;

/** What is written to these goes nowhere. */
const gone = new Set<Output>();

async function flushed(stream: Output): Promise<void> {
  if (stream.writableLength === 0 || gone.has(stream)) return;
  // Called after everything before it was written, and with an error when that failed.
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}
