import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './read.ts';

/**
 * The words that `docs/glossary.md` replaces by others: the third column of its table. What stands there in parentheses
 * is replaced in one sense only, and is not among them.
 */
export function replacedWords(): string[] {
  const rows = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8').split('\n');
  const cells = rows.filter((row) => row.startsWith('|')).map((row) => row.split(/(?<!\\)\|/)[3] ?? '');
  const words = cells.slice(2).flatMap((cell) => cell.replace(/\([^)]*\)/g, '').split(','));
  return words.map((word) => word.replace(/[`"“”*]/g, '').trim()).filter(Boolean);
}
