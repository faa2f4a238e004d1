import { isSameText } from '../../checks.ts';
import { positive, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { titled } from './errors.ts';

const MAX_SIZE = 100;

type Show = (user: JsonRecord) => JsonRecord;

/** `GET /api/v2/users`, by cursor with `page[size]`, else by page number. */
export function listUsers(request: VendorRequest, vendor: Vendor, shown: Show): VendorResponse {
  const externalId = request.query.get('external_id');
  const users = [...vendor.users.values()].filter(
    (user) => externalId === null || isSameText(user['external_id'], externalId),
  );
  return request.query.has('page[size]') ? byCursor(request, users.map(shown)) : byPage(request, users.map(shown));
}

/**
 * `GET /api/v2/users/search`, by page number only. Takes `query` or `external_id`.
 * https://developer.zendesk.com/api-reference/ticketing/users/users/#search-users
 */
export function searchUsers(request: VendorRequest, vendor: Vendor, shown: Show): VendorResponse {
  const query = request.query.get('query');
  const externalId = request.query.get('external_id');
  if ((query === null) === (externalId === null)) {
    return titled(400, 'Invalid attribute', 'Exactly one of query and external_id is required');
  }
  const matches = query === null ? (user: JsonRecord) => isSameText(user['external_id'], externalId) : toMatch(query);
  return byPage(request, [...vendor.users.values()].filter(matches).map(shown));
}

/** Words, "phrases" and `email:` or `name:` before one; all have to be in it. */
function toMatch(query: string): (user: JsonRecord) => boolean {
  const terms = [...query.matchAll(/(?:(email|name):)?(?:"([^"]*)"|(\S+))/g)];
  return (user) =>
    terms.length > 0 &&
    terms.every(([, attribute, phrase, word]) => {
      const sought = (phrase ?? word ?? '').toLowerCase();
      const searched = attribute === undefined ? ['name', 'email', 'notes', 'phone'] : [attribute];
      return searched.some((name) => {
        const value = String(user[name] ?? '').toLowerCase();
        return attribute === 'email' ? value === sought : value.includes(sought);
      });
    });
}

/** https://developer.zendesk.com/api-reference/introduction/pagination/#using-cursor-pagination */
function byCursor(request: VendorRequest, users: JsonRecord[]): VendorResponse {
  const size = positive(request.query.get('page[size]'));
  if (size === undefined || size > MAX_SIZE) return titled(400, 'Invalid attribute', 'page[size] is not allowed');
  const start = Number(Buffer.from(request.query.get('page[after]') ?? 'MA', 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) return titled(400, 'Invalid attribute', 'page[after] is not valid');
  const hasMore = start + size < users.length;
  const cursor = hasMore ? Buffer.from(String(start + size)).toString('base64url') : null;
  const next = new URLSearchParams([...request.query].filter(([name]) => name !== 'page[after]'));
  next.set('page[after]', cursor ?? '');
  return {
    status: 200,
    body: {
      users: users.slice(start, start + size),
      meta: { has_more: hasMore, after_cursor: cursor, before_cursor: null },
      links: { next: hasMore ? `${request.baseUrl}${request.pathname}?${next}` : null, prev: null },
    },
  };
}

/** https://developer.zendesk.com/api-reference/introduction/pagination/#using-offset-pagination */
function byPage(request: VendorRequest, users: JsonRecord[]): VendorResponse {
  const size = Math.min(positive(request.query.get('per_page')) ?? MAX_SIZE, MAX_SIZE);
  const page = positive(request.query.get('page')) ?? 1;
  const next = new URLSearchParams(request.query);
  next.set('page', String(page + 1));
  const hasMore = page * size < users.length;
  return {
    status: 200,
    body: {
      users: users.slice((page - 1) * size, page * size),
      next_page: hasMore ? `${request.baseUrl}${request.pathname}?${next}` : null,
      previous_page: null,
      count: users.length,
    },
  };
}
