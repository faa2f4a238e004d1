/**
 * Output into pipes. Node queues what a pipe does not take at once, and `process.exit` discards the queue, so every
 * command drains it before it ends.
 */

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** Error codes for a closed reader: `| head`, a client that exited, a terminal that hung up. */
const READER_GONE = ['EPIPE', 'ECONNRESET', 'EIO'];

type Output = NodeJS.WriteStream;

/**
 * Treats a closed reader as normal: later output is discarded, and the command exits with its own status. `onFailure`
 * gets the code of any other failure of stdout, such as a full disk.
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

/** Writes to stdout and waits until it accepts more. Returns false once the reader is gone. */
export async function write(text: string): Promise<boolean> {
  const { stdout } = process;
  if (gone.has(stdout)) return false;
  if (!stdout.write(text)) await flushed(stdout);
  return !gone.has(stdout);
}

/** Writes a line to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Resolves when all output is written, or its readers are gone. */
export async function drainOutput(): Promise<void> {
  const drained = Promise.all([process.stdout, process.stderr].map(flushed));
  await (longestDrainMs === undefined ? drained : Promise.race([drained, sleep(longestDrainMs)]));
  // A write to a file fails at once, but is reported in a later turn.
  await nextTurn();
}

/** Limits the wait, for a server that has to exit although its client no longer reads. */
export function limitDrain(ms: number): void {
  longestDrainMs = ms;
}

let longestDrainMs: number | undefined;

/** Streams whose readers are gone. */
const gone = new Set<Output>();

async function flushed(stream: Output): Promise<void> {
  if (stream.writableLength === 0 || gone.has(stream)) return;
  // The callback runs after all earlier writes, even if they failed.
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}
