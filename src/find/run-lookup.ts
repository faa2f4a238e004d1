import type { Deadline } from '../lib/async/deadline.ts';
import type { JsonObject } from '../lib/json/json-value.ts';
import type { Lookup } from '../providers/calls.ts';
import type { Connection } from '../update/types.ts';
import type { RunLookup } from '../upstream/search.ts';
import { scoreOf } from './match.ts';

/**
 * The user records that one lookup finds. A scan reads page after page, until one has the user that was meant, and else
 * returns what matches in part; `addGap` is told where it had to end before the last page.
 */
export async function runLookup(
  connection: Connection,
  lookup: Lookup,
  query: string,
  read: RunLookup,
  within: Deadline,
  addGap: (why: string) => void,
): Promise<JsonObject[]> {
  let page = await read(connection, lookup, query, within);
  if (!lookup.scan) return page.users;
  const { provider } = connection;
  const seen = new Set<string>();
  const partly: JsonObject[] = [];
  for (let nth = 1; ; nth++) {
    const scored = page.users.map((record) => ({ record, score: scoreOf(provider, record, query) }));
    const exact = scored.filter(({ score }) => score >= 3);
    if (exact.length > 0) return exact.map(({ record }) => record);
    partly.push(...scored.flatMap(({ record, score }) => (score > 0 ? [record] : [])));
    const before = seen.size;
    for (const record of page.users) seen.add(idOf(connection, record));
    if (page.next === undefined) return partly;
    if (page.next === 'elsewhere') {
      addGap(`${provider.title} names a next page at another address, which is not read: ${searched(seen)}`);
      return partly;
    }
    // Users of an earlier page: the service ignores the parameter, or leads in a circle. An empty page is not the last.
    const isRepeated = page.users.length > 0 && seen.size === before;
    if (nth >= lookup.scan.maxPages || isRepeated) {
      addGap(`${provider.title} cannot filter by ${lookup.by}: ${searched(seen)}`);
      return partly;
    }
    page = await read(connection, lookup, query, within, page.next);
  }
}

function searched(seen: ReadonlySet<string>): string {
  return `only the first ${seen.size} users were searched.`;
}

function idOf({ provider }: Connection, record: JsonObject): string {
  return JSON.stringify(provider.ids.map((name) => String(record[name])));
}
