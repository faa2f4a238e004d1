export interface TableOptions {
  width?: number;
  /** Columns that are never cut: what people copy. */
  whole?: readonly number[];
}

/**
 * Rows of cells as aligned columns, no wider than the terminal: the widest cell gives way. Where there is no terminal
 * nothing is cut, since programs read it.
 */
export function toTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width = terminalWidth(), whole = [] }: TableOptions = {},
): string {
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((row) => length(row[column] ?? ''))));
  const gaps = 2 * (head.length - 1);
  while (widths.reduce((sum, one) => sum + one, gaps) > width) {
    const most = Math.max(...widths.filter((_, column) => !whole.includes(column)));
    if (most <= 6) break;
    const widest = widths.findIndex((one, column) => one === most && !whole.includes(column));
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

/** Breaks a text between words so that no line is wider than `width`; a longer word stands on a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && length(last) + 1 + length(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** 80 for a terminal that does not say; no end where there is none. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

function fit(cell: string, width: number): string {
  const points = [...cell];
  if (points.length <= width) return cell + ' '.repeat(width - points.length);
  return `${points.slice(0, width - 1).join('')}…`;
}

function length(text: string): number {
  return [...text].length;
}

/** Cells may hold foreign text: nothing in them may move the cursor or break the line. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}
