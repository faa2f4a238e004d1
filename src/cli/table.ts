import stringWidth from 'string-width';
import { paint, type Style } from './colour.ts';

export interface TableOptions {
  width?: number;
  /** Columns that are never cut, since people copy their cells. */
  uncut?: readonly number[];
  /** The style of a cell, at a terminal that shows colours. */
  styleOf?(cell: string, column: number): Style | undefined;
}

/**
 * Rows of cells as aligned columns, no wider than the terminal: the widest columns are cut, and where that is not enough
 * each row becomes a block of lines. Nothing is cut in a pipe, since programs read it.
 */
export function toTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const { width = terminalWidth(), uncut = [], styleOf } = options;
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((row) => columnsOf(row[column] ?? ''))));
  const gaps = 2 * (head.length - 1);
  while (widths.reduce((sum, one) => sum + one, gaps) > width) {
    const most = Math.max(...widths.filter((_, column) => !uncut.includes(column)));
    if (most <= NARROWEST) return toBlocks(head, rows, width, uncut);
    const widest = widths.findIndex((one, column) => one === most && !uncut.includes(column));
    widths[widest] = most - 1;
  }
  const lines = all.map((row, nth) => {
    const cells = row.map((cell, column) => {
      const fitted = fit(cell, widths[column] ?? 0);
      const style = nth === 0 ? undefined : styleOf?.(cell, column);
      return style === undefined ? fitted : fitted.replace(/\S(?:.*\S)?/, (text) => paint(style, text));
    });
    return cells.join('  ').trimEnd();
  });
  return [paint('bold', lines[0] ?? ''), ...lines.slice(1)].join('\n');
}

/** Columns below which a cut cell says nothing. */
const NARROWEST = 6;

/** Each row as lines of a heading and its cell, for a terminal too narrow for columns. */
function toBlocks(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  uncut: readonly number[],
): string {
  const indent = Math.max(...head.map(columnsOf)) + 2;
  const blocks = rows.map((row) =>
    head.flatMap((title, column) => {
      const cell = row[column] ?? '';
      const lines = uncut.includes(column) ? [printable(cell)] : wrapAll(cell, Math.max(NARROWEST, width - indent));
      return lines.map((line, at) => `${paint('bold', (at === 0 ? title : '').padEnd(indent))}${line}`.trimEnd());
    }),
  );
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}

/** Breaks a text between words so that no line is wider than `width`. Longer words get their own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(last) + 1 + columnsOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Like `wrap`, but breaks longer words, too. */
export function wrapAll(text: string, width: number): string[] {
  return wrap(text, width).flatMap((line) => (columnsOf(line) <= width ? [line] : broken(line, width)));
}

function broken(line: string, width: number): string[] {
  const pieces: string[] = [];
  let [piece, used] = ['', 0];
  for (const character of characters(line)) {
    const more = columnsOf(character);
    if (piece !== '' && used + more > width) {
      pieces.push(piece);
      [piece, used] = ['', 0];
    }
    piece += character;
    used += more;
  }
  return [...pieces, piece];
}

/** 80 for a terminal without a known width; infinite in a pipe. */
export function terminalWidth(stream: { isTTY?: boolean; columns?: number } = process.stdout): number {
  return stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}

function fit(cell: string, width: number): string {
  const wide = columnsOf(cell);
  if (wide <= width) return cell + ' '.repeat(width - wide);
  let [text, used] = ['', 0];
  for (const character of characters(cell)) {
    const more = columnsOf(character);
    if (used + more > width - 1) break;
    [text, used] = [text + character, used + more];
  }
  return `${text}…${' '.repeat(Math.max(0, width - 1 - used))}`;
}

/** How many columns a text takes at a terminal. What is plain ASCII is counted without a look at every character. */
export function columnsOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

const segmenter = new Intl.Segmenter('en');

/** What a reader takes for one character: a letter with its accents, an emoji of several. */
function characters(text: string): string[] {
  return /^[\x20-\x7e]*$/.test(text) ? [...text] : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * Cells may contain foreign text, which must not move the cursor or break the line. Joiners between pictures stay: they
 * make one emoji of several.
 */
function printable(text: string): string {
  return text
    .replace(JOINER_OF_EMOJI, '\ufff9')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]|(?!\ufff9)\p{Cf}/gu, '?')
    .replaceAll('\ufff9', '\u200d');
}

const JOINER_OF_EMOJI =
  /(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d(?=\p{Extended_Pictographic})/gu;
