/**
 * Atomicwork, after https://developer-test.atomicwork.com/api-reference/atomicwork-public-api/users/putapi-v-1-users-user-id
 * and the mirror of the vendor's spec,
 * https://github.com/api-evangelist/atomicwork/blob/main/openapi/atomicwork-users-api-openapi.yml
 */

import { isCalendarDate, isEmail, isInt64, isSameText } from '../../checks.ts';
import { isoTick } from '../../clock.ts';
import {
  bodyObject,
  commit,
  defineVendor,
  positive,
  Rejection,
  type VendorRequest,
  type VendorResponse,
} from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { people } from './people.ts';
import { type AtomicworkOptions, readable } from './read.ts';

type Kind = 'string' | 'email' | 'date' | 'int64' | 'int64[]' | 'boolean' | 'object' | 'app';

const WRITE_FIELDS: Readonly<Record<string, Kind>> = {
  email: 'email',
  first_name: 'string',
  middle_name: 'string',
  last_name: 'string',
  personal_email: 'email',
  timezone: 'string',
  language: 'string',
  state: 'string',
  city: 'string',
  country: 'string',
  department: 'int64',
  team: 'int64',
  level: 'string',
  title: 'string',
  address: 'string',
  originally_hired: 'date',
  joined_on: 'date',
  terminated_on: 'date',
  employee_id: 'string',
  date_of_birth: 'date',
  phone_number: 'string',
  gender: 'string',
  hr: 'int64',
  manager: 'int64',
  company_legal_entity: 'int64',
  employment_status: 'string',
  slack_id: 'string',
  azure_id: 'string',
  external_id: 'string',
  external_app_type: 'app',
  org_roles: 'int64[]',
  password: 'string',
  profile_image: 'int64',
  custom_fields: 'object',
  is_deleted: 'boolean',
  has_reporters: 'boolean',
  notification_enabled: 'boolean',
};

/**
 * The server stack applies the defaults of its PUT schema: a note in the vendor's spec, on `is_deleted` of the segment
 * list, warns of that. So leaving these out moves people to Los Angeles.
 */
const SCHEMA_DEFAULTS: JsonRecord = { timezone: 'America/Los_Angeles', has_reporters: false };

const CHECKS: Readonly<Record<Kind, (value: JsonValue) => boolean>> = {
  string: (value) => typeof value === 'string',
  email: isEmail,
  date: isCalendarDate,
  int64: isInt64,
  'int64[]': (value) => Array.isArray(value) && value.every(isInt64),
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  app: (value) => ['MICROSOFT', 'OKTA', 'GOOGLE', 'RAPID7', 'JUMPCLOUD'].some((name) => name === value),
};

const options: AtomicworkOptions = { objectRefs: false, dataEnvelope: false };

export const atomicwork = defineVendor({
  id: 'atomicwork',
  credentials,
  env: (baseUrl) => ({
    ATOMICWORK_TENANT: credentials.tenant,
    ATOMICWORK_API_KEY: credentials.apiKey,
    ATOMICWORK_WORKSPACE_ID: credentials.workspaceIds[0],
    ATOMICWORK_BASE_URL: baseUrl,
  }),
  people,
  demo: {
    change: { title: 'Staff Engineer' },
    trap: 'she did not move to Los Angeles, the default of the vendor’s schema',
    renamed: { last_name: 'Miller' },
    scenes: { collateral: { change: { level: 'L6' }, field: 'language', value: 'tlh' } },
  },
  authorize,
  forbidden: error(403, 'You do not have permission to perform this action'),
  error,
  touch(record) {
    record['updated_at'] = isoTick();
  },
  options,
  routes: [
    { method: 'GET', path: '/api/v1/users/list', handle: (request, vendor) => list(request, vendor) },
    { method: 'GET', path: '/api/v1/users', handle: (request, vendor) => search(request, vendor) },
    {
      method: 'GET',
      path: '/api/v1/users/:email/email-lookup',
      handle: (_, vendor, { email }) => lookup(vendor, email),
    },
    { method: 'GET', path: '/api/v1/users/:id', handle: (_, vendor, { id }) => read(vendor, keyOf(vendor, id)) },
    {
      method: 'PUT',
      path: '/api/v1/users/:id',
      handle: (request, vendor, { id }) => write(request, vendor, keyOf(vendor, id)),
    },
  ],
});

function authorize(request: VendorRequest): void {
  if (request.headers['x-api-key'] !== credentials.apiKey) {
    throw new Rejection(error(401, 'Access Token X-Api-Key is missing/invalid'));
  }
  const workspace = request.headers['x-workspace-id'];
  // Optional for the user operations, despite the introduction page. A key reaches only its own workspaces.
  if (workspace !== undefined && !credentials.workspaceIds.some((id) => id === workspace)) {
    throw new Rejection(error(403, 'The workspace is not accessible with this key'));
  }
}

/** The map's key for a path id: canonical digits. Rejects what is not an int64 and unknown users. */
function keyOf(vendor: Vendor<AtomicworkOptions>, id = ''): string {
  if (!/^-?\d{1,19}$/.test(id) || !isInt64(BigInt(id))) throw new Rejection(error(400, 'user_id must be an int64'));
  const key = BigInt(id).toString();
  if (!vendor.users.has(key)) throw new Rejection(error(404, 'User not found'));
  return key;
}

function read(vendor: Vendor<AtomicworkOptions>, key: string): VendorResponse {
  return wrap(vendor, readable(vendor, vendor.users.get(key) ?? {}));
}

function lookup(vendor: Vendor<AtomicworkOptions>, email = ''): VendorResponse {
  const found = [...vendor.users].find(([, user]) => isSameText(user['email'], email));
  return found ? read(vendor, found[0]) : error(404, 'User not found');
}

function search(request: VendorRequest, vendor: Vendor<AtomicworkOptions>): VendorResponse {
  const key = (request.query.get('search_key') ?? '').toLowerCase();
  const deleted = request.query.get('is_deleted') === 'true';
  const users = [...vendor.users.values()].filter((user) => {
    const text = `${user['first_name']} ${user['last_name']} ${user['email']}`.toLowerCase();
    return user['is_deleted'] === deleted && text.includes(key);
  });
  return wrap(
    vendor,
    users.map((user) => readable(vendor, user)),
  );
}

function list(request: VendorRequest, vendor: Vendor<AtomicworkOptions>): VendorResponse {
  const page = positive(request.query.get('page'));
  const size = request.query.has('per_page') ? positive(request.query.get('per_page')) : 25;
  if (page === undefined) return error(400, 'page is required and must be positive');
  if (size === undefined || size > 100) return error(400, 'per_page must be between 1 and 100');
  const employee = request.query.get('employee_id');
  const status = request.query.get('user_status') ?? 'ALL';
  const users = [...vendor.users.values()].filter((user) => {
    if (employee !== null && user['employee_id'] !== employee) return false;
    return status === 'ALL' || (status === 'INACTIVE') === user['is_deleted'];
  });
  return wrap(
    vendor,
    users.slice((page - 1) * size, page * size).map((user) => readable(vendor, user)),
  );
}

function write(request: VendorRequest, vendor: Vendor<AtomicworkOptions>, key: string): VendorResponse {
  const body = bodyObject(request, () => error(400, 'The body must be an object'));
  const known = Object.entries(body).filter(([name]) => Object.hasOwn(WRITE_FIELDS, name));
  for (const [name, value] of known) {
    const kind = WRITE_FIELDS[name] ?? 'string';
    if (!CHECKS[kind](value)) return error(400, `${name}: must be ${kind}`);
  }
  const taken = [...vendor.users].some(([other, user]) => other !== key && isSameText(user['email'], body['email']));
  // The work e-mail is the primary key of a person:
  // https://support.atomicwork.com/en/articles/12284168-adding-employees-to-atomicwork
  if (taken) return error(409, `A user with email ${String(body['email'])} already exists`);
  const record = { ...vendor.users.get(key), ...SCHEMA_DEFAULTS, ...Object.fromEntries(known) };
  commit(vendor, key, { ...record, updated_at: isoTick() });
  return { status: 200, body: {} };
}

function wrap(vendor: Vendor<AtomicworkOptions>, body: JsonValue): VendorResponse {
  return { status: 200, body: vendor.options.dataEnvelope ? { data: body } : body };
}

/** `{error, code}`: https://github.com/api-evangelist/atomicwork/blob/main/errors/atomicwork-problem-types.yml */
function error(status: number, message: string): VendorResponse {
  const codes: Record<number, string> = {
    400: 'BAD_REQUEST',
    401: 'UNAUTHORIZED',
    403: 'FORBIDDEN',
    404: 'NOT_FOUND',
    409: 'DUPLICATE_EMAIL',
    429: 'RATE_LIMIT_EXCEEDED',
    500: 'INTERNAL_SERVER_ERROR',
  };
  return { status, body: { error: message, code: codes[status] ?? `HTTP_${status}` } };
}
