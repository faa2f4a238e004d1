import type { ChangeQuery } from '../../audit/search.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import type { Store } from '../../store/store.ts';
import { write } from '../output.ts';
import { terminalWidth } from '../table.ts';
import { findEntries, findOldestFirst } from './entries.ts';
import type { Format } from './format-names.ts';
import { type Writing, writingOfChanges, writingOfEntries } from './formats.ts';
import { filtersWithoutEntries } from './mistyped-filters.ts';
import { toChangeTable } from './table.ts';

/**
 * Writes what matches, oldest first, in bounded memory: every entry as it is stored, or, in formats for other programs
 * and for people, each change once. Returns sentences about it for people.
 */
export async function exportChanges(
  store: Store,
  query: ChangeQuery,
  { limit, format }: { limit: number; format: Format },
): Promise<string[]> {
  const { count, isCut } = await writeIn(format, store, query, limit);
  if (count === 0) return ['No changes.', ...(await filtersWithoutEntries(store, query))];
  return isCut ? [`There are more: --limit ${limit} is reached.`] : [];
}

async function writeIn(format: Format, store: Store, query: ChangeQuery, limit: number): Promise<ExportedCount> {
  switch (format) {
    case 'json':
    case 'jsonl':
      return await writeItems(findEntries(store, query), writingOfEntries(format), limit);
    case 'csv':
    case 'ocsf':
      return await writeItems(findOldestFirst(store, query), writingOfChanges(format), limit);
    case 'table':
      return await writeTables(findOldestFirst(store, query), limit);
  }
}

interface ExportedCount {
  count: number;
  isCut: boolean;
}

async function writeItems<Item>(
  items: AsyncIterable<Item>,
  writing: Writing<Item>,
  limit: number,
): Promise<ExportedCount> {
  let count = 0;
  let isCut = false;
  await write(writing.head);
  for await (const item of items) {
    isCut = count === limit;
    if (isCut || !(await write(writing.item(item, count++)))) break;
  }
  await write(writing.foot);
  return { count, isCut };
}

/** Rows of one table: its columns are as wide as the widest cell, so not all rows can be one table. */
const ROWS = 1000;

async function writeTables(changes: AsyncIterable<ListedChange>, limit: number): Promise<ExportedCount> {
  let rows: ListedChange[] = [];
  let count = 0;
  let isCut = false;
  const flush = async () => rows.length === 0 || (await write(`${toChangeTable(rows, terminalWidth())}\n`));
  for await (const change of changes) {
    isCut = count === limit;
    if (isCut) break;
    rows.push(change);
    count++;
    if (rows.length < ROWS) continue;
    if (!(await flush())) return { count, isCut };
    rows = [];
  }
  await flush();
  return { count, isCut };
}
