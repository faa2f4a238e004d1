import type { Lookup } from '../calls.ts';
import type { ConnectionSettings } from '../provider.ts';
import { pathAndQuery, withQuery } from './address.ts';

/**
 * Path and query of one page of a lookup, relative to the base URL. `page` counts from 0. The query is foreign text: it
 * stays within its path segment or parameter, and quoted where the vendor's filter is a language.
 */
export function lookupPath(lookup: Lookup, query: string, page: number, settings: ConnectionSettings): string {
  const { path, paging } = lookup;
  const quoted = { ...settings, query: quote(query, lookup.quote) };
  const own =
    typeof lookup.query === 'function'
      ? withQuery(pathAndQuery(path, undefined, { ...settings, query }), Object.entries(lookup.query(query)))
      : pathAndQuery(path, lookup.query, lookup.query ? quoted : { ...settings, query });
  if (paging?.kind !== 'number') return own;
  const { parameter, first, size } = paging;
  return withQuery(own, [
    [parameter, String(first + page)],
    ...(size ? [[size.parameter, String(size.value)] as const] : []),
  ]);
}

function quote(query: string, how: Lookup['quote']): string {
  if (how === 'json') return JSON.stringify(query);
  return how === 'odata' ? `'${query.replaceAll("'", "''")}'` : query;
}
