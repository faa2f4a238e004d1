import { printable } from '../../lib/text/printable.ts';
import { quoteStart } from '../../lib/text/quote.ts';
import { toShellWord } from '../../lib/text/shell-word.ts';
import type { OpenPlace } from '../../providers/declared/open-places.ts';
import { wrap } from '../table.ts';
import type { Update } from './openapi/operations.ts';
import type { StarterFile } from './starter.ts';

/** What a person has to know about a starter file, in lines that fit a terminal. */
export function reportOf(
  { file, defaults, notes }: StarterFile,
  { method, path }: Update,
  open: readonly OpenPlace[],
  out: string | undefined,
): string[] {
  const fields = Object.keys(file['fields'] ?? {}).length;
  const traps = defaults.map(([field, value]) => `${field}: ${quoteStart(value)}`);
  return [
    `${out ?? 'A starter file'}: ${method} ${printable(path)} with ${fields} fields.`,
    ...section(DEFAULTS, traps),
    ...section('Look at:', notes),
    '',
    ...wrap(
      `Left open: ${open.length} places with "?", because no description says who may see a value, what a change means, or what becomes of what is left out. "? value" is a proposal. Write each value, then run:`,
      WIDTH,
    ),
    `  update-user-mcp provider check ${out === undefined ? 'FILE' : toShellWord(out)}`,
  ];
}

const WIDTH = 80;
const DEFAULTS =
  'Traps: the description has defaults. Nothing here sends them, but the vendor may write one whenever a request leaves the field out. Decide at /write/echo.';

function section(title: string, texts: readonly string[]): string[] {
  if (texts.length === 0) return [];
  const items = texts.flatMap((text) => wrap(text, WIDTH - 2).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`));
  return ['', ...wrap(title, WIDTH), ...items];
}
