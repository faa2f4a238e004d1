import type { Writable } from 'node:stream';

/** Writes a line. Resolves when it was written, and rejects if the output failed. */
export type WriteLine = (line: string) => Promise<void>;

/** Lines of one turn of the event loop are written together: with many calls in flight, several end in the same turn. */
export function createLineWriter(output: Writable): WriteLine {
  let text = '';
  let written: Promise<void> | undefined;

  const flush = () =>
    new Promise<void>((resolve, reject) => {
      const lines = text;
      [text, written] = ['', undefined];
      output.write(lines, (error) => (error ? reject(error) : resolve()));
    });

  return (line) => {
    text += `${line}\n`;
    written ??= new Promise<void>((resolve) => setImmediate(resolve)).then(flush);
    return written;
  };
}
