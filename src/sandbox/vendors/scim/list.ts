import type { VendorRequest, VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { optionsOf } from './dialects/index.ts';
import { refuse, toScim } from './errors.ts';
import { type Filter, isMatch, parseFilter } from './filter.ts';
import type { ScimOptions } from './options.ts';
import { isSameName } from './schemas.ts';

/** What `ServiceProviderConfig` announces. */
export const MAX_RESULTS = 200;

/** `GET /Users`: RFC 7644 section 3.4.2. */
export function listUsers(
  { query }: VendorRequest,
  vendor: Vendor<ScimOptions>,
  shown: (user: JsonRecord) => JsonRecord,
): VendorResponse {
  const text = query.get('filter');
  const filter = text === null ? undefined : parseFilter(text);
  if (text !== null && !filter) refuse('invalidFilter', 'The filter cannot be read');
  if (filter) refuseFilter(filter, optionsOf(vendor).filters);
  // RFC 7644 section 3.4.2.4: a start below 1 means 1, a negative count means 0.
  const start = Math.max(1, toInteger(query.get('startIndex'), 1));
  const count = Math.min(MAX_RESULTS, Math.max(0, toInteger(query.get('count'), 100)));
  const found = [...vendor.users.values()].filter((user) => !filter || isMatch(user, filter));
  const page = found.slice(start - 1, start - 1 + count);
  return toScim({
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: found.length,
      startIndex: start,
      itemsPerPage: page.length,
      ...(page.length > 0 && { Resources: page.map(shown) }),
    },
  });
}

/** A service with a list of attributes takes a single `eq` on one of them. */
function refuseFilter(filter: Filter, allowed: readonly string[] | undefined): void {
  if (!allowed) return;
  if (filter.kind !== 'compare' || filter.operator !== 'eq') refuse('invalidFilter', 'Only a single eq is supported');
  const name = filter.path.join('.');
  if (!allowed.some((own) => isSameName(own, name))) refuse('invalidFilter', `A filter by '${name}' is not supported`);
}

function toInteger(text: string | null, otherwise: number): number {
  return text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise;
}
