import { positive, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue, parseJson } from '../../json.ts';
import type { Vendor } from '../../types.ts';

type Test = (stored: string, operand: string) => boolean;

/** Operators of https://phoenix.readme.io/reference/restful-querying */
const OPERATORS: Readonly<Record<string, Test>> = {
  neq: (stored, operand) => stored !== operand,
  ct: (stored, operand) => stored.includes(operand),
  gt: (stored, operand) => compare(stored, operand) > 0,
  lt: (stored, operand) => compare(stored, operand) < 0,
  in: (stored, operand) => operand.split(',').includes(stored),
  bt: (stored, operand) => {
    const [low = '', high = ''] = operand.split(',');
    return compare(stored, low) >= 0 && compare(stored, high) <= 0;
  },
};

/** `GET /users?field=value&field={"ct":"x"}&_page=&_pageSize=&_sort=&_sortBy=`, totals in headers. */
export function queryUsers(
  request: VendorRequest,
  vendor: Vendor,
  shown: (user: JsonRecord) => JsonRecord,
  error: (status: number, message: string) => VendorResponse,
): VendorResponse {
  const page = request.query.has('_page') ? positive(request.query.get('_page')) : 1;
  const size = request.query.has('_pageSize') ? positive(request.query.get('_pageSize')) : 50;
  if (page === undefined || size === undefined) return error(400, '_page and _pageSize must be positive');
  let found = [...vendor.users.values()].map(shown);
  for (const [field, operand] of request.query) {
    if (field.startsWith('_')) continue;
    const test = toTest(operand);
    if (!test) return error(400, `Unknown operator for ${field}`);
    found = found.filter((user) => user[field] !== undefined && test(String(user[field])));
  }
  const sortBy = request.query.get('_sortBy');
  if (sortBy !== null) {
    const sign = request.query.get('_sort')?.toLowerCase() === 'desc' ? -1 : 1;
    found = found.toSorted((a, b) => sign * compare(String(a[sortBy] ?? ''), String(b[sortBy] ?? '')));
  }
  const next =
    page * size < found.length ? { link: `<${request.baseUrl}${nextPath(request, page + 1)}>; rel="next"` } : {};
  return {
    status: 200,
    body: found.slice((page - 1) * size, page * size),
    headers: { 'total-results': String(found.length), ...next },
  };
}

function nextPath(request: VendorRequest, page: number): string {
  const query = new URLSearchParams(request.query);
  query.set('_page', String(page));
  return `${request.pathname}?${query.toString()}`;
}

/** A plain value means equality; comparisons ignore case. Undefined for an unknown operator. */
function toTest(operand: string): ((stored: string) => boolean) | undefined {
  const condition = operand.startsWith('{') ? parsed(operand) : null;
  if (!isObject(condition)) return (stored) => stored.toLowerCase() === operand.toLowerCase();
  const tests = Object.entries(condition).map(([name, value]) => {
    const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    return operator && ((stored: string) => operator(stored.toLowerCase(), String(value).toLowerCase()));
  });
  const known = tests.filter((test) => test !== undefined);
  return known.length < tests.length ? undefined : (stored) => known.every((test) => test(stored));
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function compare(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (!Number.isNaN(difference)) return Math.sign(difference);
  return a < b ? -1 : Number(a > b);
}
