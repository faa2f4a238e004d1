import { isExact, type Json } from '../lib/json/json-value.ts';
import { linkTo } from '../lib/text/link-header.ts';
import type { Lookup } from '../providers/calls.ts';
import type { Path } from '../providers/field.ts';
import type { PagePosition } from '../providers/interpret/lookup.ts';
import { messageValue } from '../providers/interpret/message-value.ts';
import { hasDotSegment } from '../providers/interpret/url.ts';
import type { Provider } from '../providers/provider.ts';
import type { Endpoint } from './endpoint.ts';
import type { UpstreamResponse } from './types.ts';

/** A page that can be read. */
export interface NextPage extends PagePosition {
  /** Path and query behind the base URL, where the vendor names them. */
  path?: string;
  /** How many records the first page had. */
  first: number;
}

/** A page that was read. */
export interface ReadPage {
  /** Path and query behind the base URL. */
  path: string;
  position: PagePosition & { first?: number };
  /** How many records are on it. */
  count: number;
  response: Pick<UpstreamResponse, 'headers' | 'body'>;
}

/**
 * The page after this one, undefined after the last. `elsewhere`: the vendor names one that is not below the connection's
 * base URL, or not in a form we know. It is not read.
 */
export function nextPageOf(
  provider: Provider,
  endpoint: Endpoint,
  lookup: Lookup,
  read: ReadPage,
): NextPage | 'elsewhere' | undefined {
  const { paging, total } = lookup;
  const { position, count, response } = read;
  const first = position.first ?? count;
  const next = { page: position.page + 1, before: position.before + count, first };
  const at = (path: Path) => messageValue(provider, response.body, path);
  switch (paging?.kind) {
    case 'number':
    case 'start': {
      // The vendor may cap the page size below the requested one: the last page is the one shorter than the first.
      const known = paging.kind === 'start' && total ? at(total) : undefined;
      const isLast = typeof known === 'number' ? next.before >= known : count < first;
      return count === 0 || isLast ? undefined : next;
    }
    case 'cursor': {
      const cursor = at(paging.from);
      if (isNothing(cursor)) return undefined;
      const isKnown = typeof cursor === 'string' || typeof cursor === 'number' || isExact(cursor);
      return isKnown ? { ...next, cursor: String(cursor) } : 'elsewhere';
    }
    case 'link':
    case 'next': {
      const url = paging.kind === 'link' ? linkTo(response.headers['link'] ?? '', 'next') : at(paging.from);
      if (isNothing(url)) return undefined;
      const path = typeof url === 'string' ? pathBelow(endpoint, read.path, url) : undefined;
      return path === undefined ? 'elsewhere' : { ...next, path };
    }
    default:
      return undefined;
  }
}

function isNothing(value: Json | undefined): value is undefined | null | false | '' {
  return value === undefined || value === null || value === false || value === '';
}

/** Path and query behind the base URL; undefined for what is not below it, however it is written. */
function pathBelow({ origin, prefix }: Endpoint, current: string, url: string): string | undefined {
  const base = `${origin}${prefix}${current}`;
  if (!URL.canParse(url, base)) return undefined;
  const { origin: of, username, password, pathname, search } = new URL(url, base);
  if (of !== origin || username + password !== '' || !pathname.startsWith(`${prefix}/`)) return undefined;
  return isPlain(pathname) ? pathname.slice(prefix.length) + search : undefined;
}

/** Whether no server reads `..` or a slash into it by decoding more than we do. */
function isPlain(pathname: string): boolean {
  const decoded = pathname
    .replace(/%25/gi, '%')
    .replace(/%2f|%5c/gi, '/')
    .replace(/%2e/gi, '.');
  return !hasDotSegment(decoded);
}
