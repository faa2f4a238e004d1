import { type ChangeQuery, searchChanges } from '../../audit/search.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import type { Store } from '../../store/store.ts';
import { print, write } from '../output.ts';
import { terminalWidth } from '../table.ts';
import type { Format } from './format-names.ts';
import { writingOfChanges } from './formats.ts';
import { filtersWithoutEntries } from './mistyped-filters.ts';
import { toChangeTable } from './table.ts';
import { toMinute } from './times.ts';

/** Further changes are counted up to this number: nobody reads more, and counting all would take as long as the log. */
const MAX_COUNTED = 1000;
/** Changes read at once. */
const PAGE = 500;

/** Prints matching changes, newest first. Returns sentences about them for people. */
export async function listChanges(
  store: Store,
  query: ChangeQuery,
  { limit, format, saysSpan }: { limit: number; format: Format; saysSpan: boolean },
): Promise<string[]> {
  const found = newest(store, query, limit);
  const { count, before } = await (format === 'table' ? printTable(found) : writeAll(found, format));
  return [
    ...(count === 0 ? await filtersWithoutEntries(store, query) : []),
    ...(saysSpan ? [spanText(query)] : []),
    ...(before === undefined ? [] : await countMore(store, query, { limit, before })),
  ];
}

/** Reads as far back as it takes to find `limit` changes. Returns where to go on, if there may be more. */
async function* newest(
  store: Store,
  query: ChangeQuery,
  limit: number,
): AsyncGenerator<ListedChange, number | undefined> {
  let left = limit;
  for (let before: number | undefined; ; ) {
    const page = await searchChanges(store, query, { limit: Math.min(left, PAGE), before });
    yield* page.changes;
    left -= page.changes.length;
    before = page.next;
    if (before === undefined || left === 0) return before;
  }
}

interface Printed {
  count: number;
  before: number | undefined;
}

async function printTable(found: AsyncGenerator<ListedChange, number | undefined>): Promise<Printed> {
  const changes: ListedChange[] = [];
  for (;;) {
    const next = await found.next();
    if (next.done) {
      print(changes.length === 0 ? 'No changes.' : toChangeTable(changes, terminalWidth()));
      return { count: changes.length, before: next.value };
    }
    changes.push(next.value);
  }
}

async function writeAll(
  found: AsyncGenerator<ListedChange, number | undefined>,
  format: Exclude<Format, 'table'>,
): Promise<Printed> {
  const { head, item, foot } = writingOfChanges(format);
  await write(head);
  for (let count = 0; ; count++) {
    const next = await found.next();
    if (next.done) {
      await write(foot);
      return { count, before: next.value };
    }
    if (!(await write(item(next.value, count)))) return { count: count + 1, before: undefined };
  }
}

async function countMore(
  store: Store,
  query: ChangeQuery,
  { limit, before }: { limit: number; before: number },
): Promise<string[]> {
  const { changes, next, searchedTo } = await searchChanges(store, query, { limit: MAX_COUNTED, before });
  const all = limit + changes.length;
  if (searchedTo !== undefined) {
    return [`${changes.length} more since ${toMinute(searchedTo)} (UTC), and perhaps earlier ones: --limit ${all + 1}`];
  }
  if (next !== undefined) return [`More than ${MAX_COUNTED} more: --limit ${all}`];
  return changes.length === 0 ? [] : [`${changes.length} more: --limit ${all}`];
}

function spanText({ since, until }: ChangeQuery): string {
  const from = since === undefined ? '' : ` from ${toMinute(since)}`;
  const to = until === undefined ? '' : ` to ${toMinute(until)}`;
  return `Changes${from}${to} (UTC).`;
}
