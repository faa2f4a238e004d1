import { positive, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { badRequest } from './errors.ts';
import { parseFilter, parseSearch } from './filter.ts';
import { selected, shown } from './read.ts';

const OPTIONS = ['$select', '$filter', '$search', '$top', '$count', '$orderby', '$skiptoken'];

/** https://learn.microsoft.com/en-us/graph/api/user-list: 100 users a page, 999 at most. */
export function listUsers(request: VendorRequest, vendor: Vendor): VendorResponse {
  const { query } = request;
  const unknown = [...query.keys()].find((name) => name.startsWith('$') && !OPTIONS.includes(name));
  if (unknown !== undefined) badRequest(`The query parameter '${unknown}' is not supported.`, 'BadRequest');
  const names = selected(request);
  const size = query.has('$top') ? positive(query.get('$top')) : 100;
  if (size === undefined || size > 999) badRequest(`Invalid page size specified: '${query.get('$top')}'.`);
  const found = [...vendor.users.values()].filter(toMatch(request));
  const start = Number(Buffer.from(query.get('$skiptoken') ?? 'MA', 'base64url').toString());
  if (!Number.isInteger(start)) badRequest('Invalid $skiptoken.');
  const next = new URLSearchParams(query);
  next.set('$skiptoken', Buffer.from(String(start + size)).toString('base64url'));
  const hasMore = start + size < found.length;
  return {
    status: 200,
    body: {
      '@odata.context': `${request.baseUrl}/v1.0/$metadata#users(${names.join(',')})`,
      ...(query.get('$count') === 'true' && { '@odata.count': found.length }),
      ...(hasMore && { '@odata.nextLink': `${request.baseUrl}${request.pathname}?${next}` }),
      value: found.slice(start, start + size).map((user) => shown(user, names)),
    },
  };
}

/** https://learn.microsoft.com/en-us/graph/aad-advanced-queries */
function toMatch(request: VendorRequest): (user: JsonRecord) => boolean {
  const [filter, search] = [request.query.get('$filter'), request.query.get('$search')];
  const isEventual = request.headers['consistencylevel']?.toLowerCase() === 'eventual';
  if (search !== null && !isEventual) {
    const text =
      "Request with $search query parameter only works with a special request header: 'ConsistencyLevel: eventual'";
    badRequest(text, 'Request_UnsupportedQuery');
  }
  const matchesFilter =
    filter === null ? () => true : parseFilter(filter, isEventual && request.query.get('$count') === 'true');
  const matchesSearch = search === null ? () => true : parseSearch(search);
  return (user) => matchesFilter(user) && matchesSearch(user);
}
