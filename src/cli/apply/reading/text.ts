import { isUtf8 } from 'node:buffer';
import { bounds } from '../../../bounds.ts';
import { createPosition, UnreadableFile } from './fault.ts';

/**
 * The text of a file, piece by piece: UTF-8, strictly, without a byte order mark at its start. Throws a UnreadableFile that
 * names the place of what is no text.
 */
export async function* readText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const position = createPosition();
  let rest = Buffer.alloc(0);
  let [bytes, isFirst] = [0, true];
  function toText(part: Buffer): string {
    const text = part.toString('utf8');
    const invalid = isUtf8(part) ? -1 : firstReplaced(part, text);
    const zero = text.indexOf('\0');
    const end = [invalid, zero].filter((at) => at >= 0).sort((one, other) => one - other)[0];
    position.advance(end === undefined ? text : text.slice(0, end));
    if (end === undefined) return text;
    throw new UnreadableFile(
      end === zero ? 'holds a NUL character, which no text has.' : `holds bytes that are not UTF-8. ${SAVE_AS}`,
      position.now(),
    );
  }
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > bounds.applyFileBytes) {
      throw new UnreadableFile(`is larger than ${bounds.applyFileBytes / 1024 ** 2} MiB; apply it in parts.`);
    }
    const joined = Buffer.concat([rest, chunk]);
    if (isFirst && joined.length < 3) {
      rest = joined;
      continue;
    }
    const part: Buffer = isFirst ? withoutMark(joined) : joined;
    isFirst = false;
    const whole = part.length - incompleteAtEnd(part);
    rest = Buffer.from(part.subarray(whole));
    yield toText(part.subarray(0, whole));
  }
  yield toText(isFirst ? withoutMark(rest) : rest);
}

const SAVE_AS = 'Save it as "CSV UTF-8".';

function withoutMark(start: Buffer): Buffer {
  const mark = start.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff')
    throw new UnreadableFile(`is UTF-16, not UTF-8. ${SAVE_AS}`, { line: 1, column: 1 });
  return start.subarray(0, 3).toString('hex') === 'efbbbf' ? start.subarray(3) : start;
}

/** Where the text has U+FFFD for bytes that are something else. */
function firstReplaced(bytes: Buffer, text: string): number {
  let [from, offset] = [0, 0];
  for (;;) {
    const at = text.indexOf('\ufffd', from);
    if (at < 0) return text.length;
    offset += Buffer.byteLength(text.slice(from, at));
    if (bytes.subarray(offset, offset + 3).toString('hex') !== 'efbfbd') return at;
    [from, offset] = [at + 1, offset + 3];
  }
}

/** How many bytes at the end begin a character that goes on in the next piece. */
function incompleteAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
