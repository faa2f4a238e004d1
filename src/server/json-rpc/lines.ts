import { ByteBuffer } from '../../lib/byte-buffer.ts';

/** Splits a stream of bytes into lines, in bounded memory. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Ends the last line, which may have no line feed. */
  end(): void;
}

export interface LineListener {
  /** The bytes may be reused once it returns. */
  onLine(line: Buffer): void;
  /** A line was skipped because it is too long. `head` and `tail` are its two ends. */
  onSkipped(head: Buffer, tail: Buffer): void;
}

const EDGE = 4096;
const FIRST_BYTES = 1024;
const LINE_FEED = 10;

export function splitLines(maxBytes: number, { onLine, onSkipped }: LineListener): LineSplitter {
  /** The part of an incomplete line that was read so far. */
  let partial: ByteBuffer | undefined;
  let edges: { head: Buffer; tail: Buffer } | undefined;

  const take = (part: Buffer) => {
    if (edges) {
      edges.tail = lastOf(edges.tail, part);
      return;
    }
    partial ??= new ByteBuffer(FIRST_BYTES);
    partial.append(part);
    if (partial.size <= maxBytes) return;
    const whole = partial.contents();
    // Copies: a slice would keep the whole line in memory.
    edges = { head: Buffer.from(whole.subarray(0, EDGE)), tail: Buffer.from(whole.subarray(-EDGE)) };
    partial = undefined;
  };
  const endLine = () => {
    const [line, skipped] = [partial?.contents(), edges];
    [partial, edges] = [undefined, undefined];
    if (skipped) onSkipped(skipped.head, skipped.tail);
    else if (line) onLine(line);
  };

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
        const part = chunk.subarray(from, at);
        // Most lines come whole, and are passed on without a copy.
        if (!partial && !edges && part.length <= maxBytes) onLine(part);
        else {
          take(part);
          endLine();
        }
        from = at + 1;
      }
      if (from < chunk.length) take(chunk.subarray(from));
    },
    end: endLine,
  };
}

function lastOf(tail: Buffer, part: Buffer): Buffer {
  return Buffer.from(Buffer.concat([tail, part.subarray(-EDGE)]).subarray(-EDGE));
}
