import { bounds } from '../../../bounds.ts';
import { CR, createPosition, LF, UnreadableFile } from './fault.ts';

/** One record of a CSV file. */
export interface CsvRecord {
  /** The physical line where it starts. */
  line: number;
  cells: readonly string[];
}

/** Where in a cell the reader is; `closing`: after a quotation mark that may be the first of two. */
type State = 'start' | 'plain' | 'quoted' | 'closing';

const QUOTE = 0x22;
const COMMA = 0x2c;

/**
 * The records of a CSV text (RFC 4180), piece by piece. CR LF, LF and CR end a record; quoted ones are part of a cell and
 * count as physical lines; empty lines are left out. Throws a UnreadableFile for what RFC 4180 has no rule for.
 */
export async function* readCsv(pieces: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const position = createPosition();
  let state: State = 'start';
  let [cell, cells, length] = ['', [] as string[], 0];
  let [start, opened] = [position.now(), position.now()];
  let isAfterCr = false;

  function endCell(): void {
    cells.push(cell);
    cell = '';
    state = 'start';
  }
  /** Undefined for an empty line. */
  function endRecord(): CsvRecord | undefined {
    const isEmpty = cells.length === 0 && state === 'start';
    endCell();
    const record = { line: start.line, cells };
    [cells, length] = [[], 0];
    return isEmpty ? undefined : record;
  }
  /** Takes what belongs to the cell without a look at each of its characters by another state. */
  function take(text: string): void {
    cell += text;
    length += text.length;
    if (length <= bounds.argumentBytes) return;
    if (state === 'quoted') throw unclosed();
    throw new UnreadableFile(`the record is longer than ${bounds.argumentBytes / 1024 ** 2} MiB.`, start);
  }
  const isIn = (one: State) => state === one;
  const unclosed = () => new UnreadableFile('the quotation mark that opens here is not closed.', opened);

  for await (const piece of pieces) {
    let from = 0;
    let counted = 0;
    /** The place of a character of this piece. */
    const placeOf = (at: number) => {
      position.advance(piece.slice(counted, at));
      counted = at;
      return position.now();
    };
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      const isSecondOfTwo = isAfterCr && code === LF;
      isAfterCr = false;
      if (state === 'quoted') {
        if (code !== QUOTE) continue;
        take(piece.slice(from, at));
        state = 'closing';
        from = at + 1;
        continue;
      }
      if (isSecondOfTwo) {
        from = at + 1;
        continue;
      }
      if (cells.length === 0 && state === 'start') start = placeOf(at);
      if (code === QUOTE) {
        if (state === 'plain') {
          const rule = 'RFC 4180 wants the whole cell in quotation marks, and this one doubled';
          throw new UnreadableFile(
            `a quotation mark inside a cell that does not begin with one; ${rule}.`,
            placeOf(at),
          );
        }
        // The second of two inside a quoted cell stands for one.
        if (state === 'closing') take('"');
        else opened = placeOf(at);
        state = 'quoted';
        from = at + 1;
      } else if (code === COMMA || code === CR || code === LF) {
        if (state !== 'closing') take(piece.slice(from, at));
        from = at + 1;
        isAfterCr = code === CR;
        if (code === COMMA) {
          endCell();
          continue;
        }
        const record = endRecord();
        if (record) yield record;
      } else if (state === 'closing') {
        throw new UnreadableFile('text after the quotation mark that closes the cell.', placeOf(at));
      } else state = 'plain';
    }
    if (state === 'plain' || state === 'quoted') take(piece.slice(from));
    placeOf(piece.length);
  }
  if (isIn('quoted')) throw unclosed();
  if (cells.length > 0 || !isIn('start')) yield endRecord() as CsvRecord; // not an empty line
}
