import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRecord, readCsv } from '../../../../src/cli/apply/reading/csv.ts';
import { readText } from '../../../../src/cli/apply/reading/text.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array | string, size = 7): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of readCsv(readText(inPieces(Buffer.from(bytes), size)))) records.push(record);
  return records;
}

const faultOf = async (bytes: Uint8Array | string, size?: number) =>
  await read(bytes, size).then(
    () => 'no fault',
    (error: Error) => error.message,
  );

/** Any text that UTF-8 can hold, without NUL; with what CSV has rules for more often than by chance. */
const cell = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', ',', '\r\n', '\n', '\r', ' ', ';', '=1+1', '\ufeff', '😀'),
      fc.string({ unit: 'binary' }),
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());

/** Writes as RFC 4180 has it; `quotesAll` where nothing has to be quoted, too. */
function write(rows: readonly (readonly string[])[], end: string, quotesAll: boolean, endsLast: boolean): string {
  const toCell = (text: string) =>
    quotesAll || text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => row.map(toCell).join(',')).join(end) + (endsLast ? end : '');
}

/** The line on which an editor shows this offset. */
const lineAt = (text: string, offset: number) => text.slice(0, offset).split(/\r\n|\r|\n/).length;

describe('CSV', () => {
  it('is read back as RFC 4180 has it written, with the physical line of every record', async () => {
    const rows = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    const file = fc.record({
      rows,
      end: fc.constantFrom('\r\n', '\n'),
      quotesAll: fc.boolean(),
      endsLast: fc.boolean(),
      mark: fc.boolean(),
      size: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(file, async ({ rows, end, quotesAll, endsLast, mark, size }) => {
        const text = write(rows, end, quotesAll, endsLast);
        // A mark at the start is not part of the text, so a text that begins with one needs it.
        const bytes = Buffer.from(mark || text.startsWith('\ufeff') ? `\ufeff${text}` : text);
        const found = await read(bytes, size);
        expect(found.map(({ cells }) => cells)).toEqual(rows);
        const starts = rows.map((_, nth) => write(rows.slice(0, nth), end, quotesAll, true).length);
        expect(found.map(({ line }) => line)).toEqual(
          starts.map((start, nth) => (nth === 0 ? 1 : lineAt(text, start))),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('takes records that end with CR alone, and leaves empty lines out', async () => {
    expect(await read('a,b\r1,2\r\r3,"4\r5"\r')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
      { line: 4, cells: ['3', '4\r5'] },
    ]);
    expect(await read('a\n\n\n""\n')).toEqual([
      { line: 1, cells: ['a'] },
      { line: 4, cells: [''] },
    ]);
  });

  it('takes a byte order mark inside as a character, and a formula as a text', async () => {
    expect((await read('a\n\ufeff=1+1\n')).at(-1)).toEqual({ line: 2, cells: ['\ufeff=1+1'] });
  });

  it.each([
    [
      'text after a quotation mark',
      'a,b\n1,"x"y\n',
      'line 2, column 6: text after the quotation mark that closes the cell.',
    ],
    [
      'a quotation mark in a cell',
      'a,b\n1,x"y\n',
      'line 2, column 4: a quotation mark inside a cell that does not begin with one; RFC 4180 wants the whole cell in quotation marks, and this one doubled.',
    ],
    [
      'an open quotation mark',
      'a,b\n1,"xy\n2,3\n',
      'line 2, column 3: the quotation mark that opens here is not closed.',
    ],
    [
      'a mark before a quotation mark',
      'a\n\ufeff"x"\n',
      'line 2, column 2: a quotation mark inside a cell that does not begin with one; RFC 4180 wants the whole cell in quotation marks, and this one doubled.',
    ],
    ['a NUL', 'a,b\r\n1,x\0y\r\n', 'line 2, column 4: holds a NUL character, which no text has.'],
  ])('names the place of %s', async (_, text, message) => {
    for (const size of [1, 5, 1000]) expect(await faultOf(text, size)).toBe(message);
  });

  it('names the place of bytes that are not UTF-8', async () => {
    const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));
    const message = (place: string) => `${place}: holds bytes that are not UTF-8. Save it as "CSV UTF-8".`;
    for (const size of [1, 3, 1000]) {
      // Latin-1, a lone surrogate, an overlong form, and a character that is cut at the end; a real U+FFFD before each.
      expect(await faultOf(bytes('a\nj\ufffd', [0xfc], 'rgen'), size)).toBe(message('line 2, column 3'));
      expect(await faultOf(bytes('a\n"😀\n\ufffd', [0xed, 0xa0, 0x80], '"'), size)).toBe(message('line 3, column 2'));
      expect(await faultOf(bytes('a\r\n', [0xc0, 0xaf]), size)).toBe(message('line 2, column 1'));
      expect(await faultOf(bytes('a\n\ufffd', [0xe2, 0x82]), size)).toBe(message('line 2, column 2'));
    }
    expect(await faultOf(Buffer.from('\ufeffa,b', 'utf16le'))).toBe(
      'line 1, column 1: is UTF-16, not UTF-8. Save it as "CSV UTF-8".',
    );
  });

  it('gives up on a record that is too long, and says where it starts', async () => {
    const long = 'x'.repeat(1024 ** 2);
    expect(await faultOf(`a,b\n1,${long}\n`, 65_536)).toBe('line 2, column 1: the record is longer than 1 MiB.');
    expect(await faultOf(`a,b\n1,"${long}\n`, 65_536)).toBe(
      'line 2, column 3: the quotation mark that opens here is not closed.',
    );
  });
});
