/** DayZero, after https://www.ondayzero.com/docs/reference/user/update-user and its sibling pages. */

import { isSameText } from '../../checks.ts';
import { isoTick } from '../../clock.ts';
import {
  bodyObject,
  commit,
  defineVendor,
  Rejection,
  type VendorRequest,
  type VendorResponse,
} from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { people } from './people.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `UserUpdate`, with the Pydantic error type and message for a value of another type. */
const WRITE_FIELDS: Readonly<Record<string, { fits: (value: JsonValue) => boolean; type: string; msg: string }>> = {
  first_name: { fits: isText, type: 'string_type', msg: 'Input should be a valid string' },
  last_name: { fits: isText, type: 'string_type', msg: 'Input should be a valid string' },
  photo_url: { fits: isText, type: 'string_type', msg: 'Input should be a valid string' },
  onboarded: { fits: (value) => typeof value === 'boolean', type: 'bool_type', msg: 'Input should be a valid boolean' },
  props: { fits: isObject, type: 'dict_type', msg: 'Input should be a valid dictionary' },
};

/** Switches of this vendor's behaviour. */
export interface DayzeroOptions {
  /** Successes are wrapped into `{ success, message, code, data }`. */
  envelope: boolean;
}

const options: DayzeroOptions = { envelope: false };

export const dayzero = defineVendor({
  id: 'dayzero',
  credentials,
  env: (baseUrl) => ({
    DAYZERO_TOKEN: credentials.token,
    DAYZERO_BUSINESS_ID: credentials.businessId,
    DAYZERO_USER_EMAIL: credentials.userEmail,
    DAYZERO_BASE_URL: baseUrl,
  }),
  people,
  demo: {
    change: { props: { theme: 'light' } },
    trap: 'her other props are as they were, although the vendor may replace props as a whole',
    renamed: { last_name: 'Miller' },
    scenes: { unconfirmed: { last_name: 'Smith' } },
  },
  authorize,
  forbidden: error(403, 'Insufficient permissions'),
  error,
  malformed: invalid(['body'], 'json_invalid', 'JSON decode error'),
  touch(record) {
    record['updated_at'] = isoTick();
  },
  finish: addEnvelope,
  options,
  routes: [
    { method: 'GET', path: '/api/v1/users', handle: (request, vendor) => list(request, vendor) },
    { method: 'GET', path: '/api/v1/users/:id', handle: (_, vendor, { id }) => read(vendor, id) },
    { method: 'PUT', path: '/api/v1/users/:id', handle: (request, vendor, { id }) => write(request, vendor, id) },
  ],
});

function authorize(request: VendorRequest): void {
  if (request.headers['authorization'] !== `Bearer ${credentials.token}`) {
    throw new Rejection(error(401, 'Invalid or expired token'));
  }
  const business = request.headers['x-business-id'];
  if (business === undefined) throw new Rejection(invalid(['header', 'x-business-id'], 'missing', 'Field required'));
  // A wrong business looks exactly like an unknown user: https://www.ondayzero.com/docs/guides/error-handling
  if (!isSameText(business, credentials.businessId)) throw new Rejection(error(404, 'Business not found'));
}

function read(vendor: Vendor<DayzeroOptions>, id = ''): VendorResponse {
  // GET declares a UUID, PUT a plain string: only here a malformed id is a validation error.
  if (!UUID.test(id)) return invalid(['path', 'user_id'], 'uuid_parsing', 'Input should be a valid UUID');
  const user = vendor.users.get(id.toLowerCase());
  return user ? { status: 200, body: shown(user) } : error(404, 'User not found');
}

/** Merges, except for `props`: whether that is merged is not documented, so the sandbox replaces it, the worse case. */
function write(request: VendorRequest, vendor: Vendor<DayzeroOptions>, id = ''): VendorResponse {
  const key = id.toLowerCase();
  const stored = vendor.users.get(key);
  if (!stored) return error(404, 'User not found');
  const body = bodyObject(request, () =>
    invalid(['body'], 'model_attributes_type', 'Input should be a valid dictionary'),
  );
  const known = Object.entries(body).filter(([name]) => Object.hasOwn(WRITE_FIELDS, name));
  const faults = known.flatMap(([name, input]) => {
    const field = WRITE_FIELDS[name];
    // Optional fields of such a model accept null.
    if (!field || input === null || field.fits(input)) return [];
    return [{ loc: ['body', name], msg: field.msg, type: field.type, input }];
  });
  if (faults.length > 0) return { status: 422, body: { detail: faults } };
  const record = { ...stored, ...Object.fromEntries(known), updated_at: isoTick() };
  return { status: 200, body: shown(commit(vendor, key, record)) };
}

function list(request: VendorRequest, vendor: Vendor<DayzeroOptions>): VendorResponse {
  const { query } = request;
  const limit = query.has('limit') ? Number(query.get('limit')) : 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    return invalid(['query', 'limit'], 'less_than_equal', 'Input should be between 1 and 1000');
  }
  const start = Number(Buffer.from(query.get('cursor') ?? 'MA==', 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) return error(400, 'Invalid cursor');
  const search = query.get('search')?.toLowerCase();
  const found = [...vendor.users.values()].filter((user) => {
    if (query.has('email') && !isSameText(user['email'], query.get('email'))) return false;
    if (query.has('id') && !isSameText(user['id'], query.get('id'))) return false;
    return (
      search === undefined ||
      `${user['first_name']} ${user['last_name']} ${user['email']}`.toLowerCase().includes(search)
    );
  });
  const end = start + limit;
  const more = end < found.length;
  const body: JsonRecord = {
    items: found.slice(start, end).map(shown),
    next_cursor: more ? Buffer.from(String(end)).toString('base64url') : null,
    has_more: more,
  };
  if (query.get('include_total_count') === 'true') body['total_count'] = found.length;
  return { status: 200, body };
}

/** `role` is shown only when filtering by business, which these reads do not. */
function shown(user: JsonRecord): JsonRecord {
  const { role: _, ...rest } = user;
  return rest;
}

/**
 * Newer copies of the pages show successes in an envelope; errors are `{detail}` in all of them:
 * https://www.ondayzero.com/docs/guides/error-handling
 */
function addEnvelope(reply: VendorResponse, _request: VendorRequest, vendor: Vendor<DayzeroOptions>): VendorResponse {
  if (!vendor.options.envelope || reply.status >= 400) return reply;
  return { ...reply, body: { success: true, message: 'OK', code: reply.status, data: reply.body ?? null } };
}

function error(status: number, detail: string): VendorResponse {
  return { status, body: { detail } };
}

function invalid(loc: string[], type: string, msg: string): VendorResponse {
  return { status: 422, body: { detail: [{ loc, msg, type }] } };
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string';
}
