import { positive, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { InvalidFilter, parseFilter, SORTABLE } from './filter.ts';

type ToError = (status: number, description: string, code: string) => VendorResponse;

/** `GET /users`: fern/pages/pagination.mdx and filtering.mdx of https://github.com/awork-io/developer-docs */
export function listUsers(request: VendorRequest, vendor: Vendor, error: ToError): VendorResponse {
  const page = request.query.has('page') ? positive(request.query.get('page')) : 1;
  // The spec says 10; the pagination page says 1000. The smaller one catches a client that reads only one page.
  const size = request.query.has('pageSize') ? positive(request.query.get('pageSize')) : 10;
  if (page === undefined || size === undefined || size > 1000) {
    return error(400, 'page and pageSize must be positive, pageSize at most 1000', 'validation-failed');
  }
  const archived = request.query.get('showArchived') === 'true';
  let found = [...vendor.users.values()].filter((user) => archived || user['isArchived'] !== true);
  try {
    const filter = request.query.get('filterby');
    if (filter) found = found.filter(parseFilter(filter));
    const order = request.query.get('orderby');
    if (order) found = sorted(found, order);
  } catch (fault) {
    if (!(fault instanceof InvalidFilter)) throw fault;
    return error(400, fault.message, 'invalid-filter-or-order');
  }
  const items = found.slice((page - 1) * size, page * size);
  return {
    status: 200,
    body: items,
    headers: {
      'aw-page': String(page),
      'aw-pagesize': String(size),
      'aw-items': String(items.length),
      'aw-totalitems': String(found.length),
    },
  };
}

function sorted(users: JsonRecord[], order: string): JsonRecord[] {
  const keys = order.split(',').map((part) => {
    const [, field = '', direction = 'asc'] = /^\s*(\w+)(?:\s+(asc|desc))?\s*$/.exec(part) ?? [];
    if (!SORTABLE.includes(field)) throw new InvalidFilter(`Cannot order by ${part.trim()}`);
    return { field, sign: direction === 'desc' ? -1 : 1 };
  });
  return users.toSorted((a, b) => {
    for (const { field, sign } of keys) {
      const [left, right] = [String(a[field] ?? ''), String(b[field] ?? '')];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}
