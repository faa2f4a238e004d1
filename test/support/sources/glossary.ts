import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './read.ts';

/**
 * The words that `docs/glossary.md` replaces by others: the last column of its table of words that are not used. Words
 * in parentheses are wrong in one sense only, which no search can tell, and are left out.
 */
export function replacedWords(): string[] {
  const [, section = ''] = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8').split('## Words that are not used');
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  const cells = rows.slice(2).map((row) => row.split('|')[2] ?? '');
  const words = cells.flatMap((cell) => cell.replace(/\([^)]*\)/g, '').split(','));
  return words.map((word) => word.trim()).filter(Boolean);
}
