export interface TableOptions {
  width?: number;
  /** Columns that are never cut, since people copy their cells. */
  uncut?: readonly number[];
}

/**
 * Rows of cells as aligned columns, no wider than the terminal: the widest columns are cut. Nothing is cut in a pipe,
 * since programs read it.
 */
export function toTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width = terminalWidth(), uncut = [] }: TableOptions = {},
): string {
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((row) => columns(row[column] ?? ''))));
  const gaps = 2 * (head.length - 1);
  while (widths.reduce((sum, one) => sum + one, gaps) > width) {
    const most = Math.max(...widths.filter((_, column) => !uncut.includes(column)));
    if (most <= 6) break;
    const widest = widths.findIndex((one, column) => one === most && !uncut.includes(column));
    widths[widest] = most - 1;
  }
  return all
    .map((row) =>
      row
        .map((cell, column) => fit(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Breaks a text between words so that no line is wider than `width`. Longer words get their own line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && columns(last) + 1 + columns(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Like `wrap`, but breaks longer words, too. */
export function wrapAll(text: string, width: number): string[] {
  return wrap(text, width).flatMap((line) => {
    const pieces: string[] = [];
    for (const character of line) {
      const last = pieces.at(-1);
      if (last !== undefined && columns(last) + columns(character) <= width)
        pieces[pieces.length - 1] = last + character;
      else pieces.push(character);
    }
    return pieces;
  });
}

/** 80 for a terminal without a known width; infinite in a pipe. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

function fit(cell: string, width: number): string {
  const wide = columns(cell);
  if (wide <= width) return cell + ' '.repeat(width - wide);
  let [text, used] = ['', 0];
  for (const character of cell) {
    const more = columns(character);
    if (used + more > width - 1) break;
    [text, used] = [text + character, used + more];
  }
  return `${text}…${' '.repeat(Math.max(0, width - 1 - used))}`;
}

/** How many terminal columns a text takes: none for combining marks, two for East Asian characters and emoji (UAX #11). */
function columns(text: string): number {
  let count = 0;
  for (const character of text) count += character < '\u0300' ? 1 : widthOf(character);
  return count;
}

function widthOf(character: string): number {
  if (/^[\p{Mn}\p{Me}]$/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;

/** Cells may contain foreign text, which must not move the cursor or break the line. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
