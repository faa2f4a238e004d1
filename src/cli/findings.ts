import { paint } from './colour.ts';
import { terminalWidth, wrap, wrapAll } from './table.ts';

/** One line of a report for people: what was looked at, and what was found. */
export function toFinding(state: 'ok' | 'FAIL' | 'note', what: string, detail: string): string {
  const style = { ok: 'green', FAIL: 'red', note: 'yellow' } as const;
  const width = Math.min(80, terminalWidth()) - INDENT.length;
  // In a pipe a path stays in one piece.
  const lines = detail === '' ? [] : process.stdout.isTTY ? wrapAll(detail, width) : wrap(detail, width);
  return [`${paint(style[state], state.padEnd(4))}  ${what}`, ...lines.map((line) => `${INDENT}${line}`)].join('\n');
}

const INDENT = ' '.repeat(6);
