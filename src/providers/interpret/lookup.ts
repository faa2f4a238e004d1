import type { Lookup } from '../calls.ts';
import type { ConnectionSettings } from '../provider.ts';
import { pathAndQuery, withQuery } from './address.ts';

/** Where a page begins. */
export interface PagePosition {
  /** Its number, from 0. */
  page: number;
  /** How many records are on the pages before. */
  before: number;
  /** What the vendor said about it on the page before. */
  cursor?: string;
}

export const FIRST_PAGE: PagePosition = { page: 0, before: 0 };

/**
 * Path and query of one page of a lookup, relative to the base URL. The query and the cursor are foreign text: each stays
 * within its path segment or parameter, and the query is quoted where the vendor's filter is a language.
 */
export function lookupPath(
  lookup: Lookup,
  query: string,
  position: PagePosition,
  settings: ConnectionSettings,
): string {
  const { path } = lookup;
  const quoted = { ...settings, query: quote(query, lookup.quote) };
  const own =
    typeof lookup.query === 'function'
      ? withQuery(pathAndQuery(path, undefined, { ...settings, query }), Object.entries(lookup.query(query)))
      : pathAndQuery(path, lookup.query, lookup.query ? quoted : { ...settings, query });
  return withQuery(own, pageParameters(lookup, position));
}

function pageParameters({ paging }: Lookup, { page, before, cursor }: PagePosition): [name: string, value: string][] {
  switch (paging?.kind) {
    case 'number':
    case 'start': {
      const { parameter, first, size } = paging;
      const at = first + (paging.kind === 'number' ? page : before);
      return [[parameter, String(at)], ...(size ? [[size.parameter, String(size.value)] as [string, string]] : [])];
    }
    case 'cursor':
      return cursor === undefined ? [] : [[paging.parameter, cursor]];
    default:
      return [];
  }
}

function quote(query: string, how: Lookup['quote']): string {
  if (how === 'json') return JSON.stringify(query);
  return how === 'odata' ? `'${query.replaceAll("'", "''")}'` : query;
}
