import { Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import { isObject, type JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { oktaError } from './errors.ts';
import { indexed } from './lag.ts';
import { parseExpression } from './search.ts';

/** `GET /api/v1/users`: an array, with the next page as a `Link` header whose cursor is opaque. */
export function listUsers(
  request: VendorRequest,
  vendor: Vendor,
  { searchLagMs, pageLimit }: { searchLagMs: number; pageLimit: number },
  shown: (user: JsonRecord) => JsonRecord,
): VendorResponse {
  const { query } = request;
  const found = find(vendor, query, searchLagMs);
  const limit = Math.min(pageLimit, toLimit(query.get('limit'), query.has('q') ? 10 : pageLimit));
  const start = toStart(query.get('after'), found);
  const end = start + limit;
  const last = found[end - 1];
  const links = [`<${urlOf(request)}>; rel="self"`];
  // A simple query cannot be paged.
  if (!query.has('q') && end < found.length && last) links.push(`<${urlOf(request, cursorOf(last))}>; rel="next"`);
  return { status: 200, body: found.slice(start, end).map(shown), headers: { link: links.join(', ') } };
}

function find(vendor: Vendor, query: URLSearchParams, lagMs: number): JsonRecord[] {
  const [search, filter, q] = ['search', 'filter', 'q'].map((name) => query.get(name));
  if (search != null) return indexed(vendor, lagMs).filter(testOf('search', search));
  const all = [...vendor.users.values()];
  if (filter != null) return all.filter(testOf('filter', filter));
  const present = all.filter(({ status }) => status !== 'DEPROVISIONED');
  if (q == null) return present;
  return present.filter(({ profile }) =>
    ['firstName', 'lastName', 'email'].some((name) => {
      const held = isObject(profile) ? profile[name] : undefined;
      return typeof held === 'string' && held.toLowerCase().startsWith(q.toLowerCase());
    }),
  );
}

function testOf(kind: 'search' | 'filter', text: string): (user: JsonRecord) => boolean {
  const test = parseExpression(kind, text);
  if (!test) throw new Rejection(oktaError(400, 'E0000031'));
  return test;
}

function toLimit(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Rejection(oktaError(400, 'E0000001', 'Api validation failed: limit'));
  return Number(text);
}

function cursorOf(user: JsonRecord): string {
  return Buffer.from(`after:${String(user['id'])}`).toString('base64url');
}

function toStart(cursor: string | null, found: readonly JsonRecord[]): number {
  if (cursor === null) return 0;
  const index = found.findIndex((user) => cursorOf(user) === cursor);
  if (index < 0) throw new Rejection(oktaError(400, 'E0000001', 'Api validation failed: after'));
  return index + 1;
}

function urlOf({ baseUrl, pathname, query }: VendorRequest, cursor?: string): string {
  const all = new URLSearchParams(query);
  if (cursor !== undefined) all.set('after', cursor);
  return `${baseUrl}${pathname}${all.size > 0 ? `?${all}` : ''}`;
}
