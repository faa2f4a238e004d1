/**
 * awork, after the vendor's documents and OpenAPI in https://github.com/awork-io/developer-docs (commit e1adba5) and
 * https://developers.awork.com/apiv1/users/returns-the-user-with-the-specified-id
 */

import { tick } from '../../clock.ts';
import {
  bodyObject,
  commit,
  defineVendor,
  Rejection,
  type VendorRequest,
  type VendorResponse,
} from '../../define-vendor.ts';
import type { JsonRecord, JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { listUsers } from './list.ts';
import { dotnetTicks, people } from './people.ts';

/** Maximum lengths of the `UserForm` model; its only other field is `birthDate`. */
const STRING_LIMITS: Readonly<Record<string, number>> = {
  firstName: 1000,
  lastName: 1000,
  gender: 25,
  title: 100,
  position: 1000,
  language: 25,
};

/** Requests a minute and workspace, shared by all clients: fern/pages/rate-limits.mdx */
const LIMIT = 1000;

export const awork = defineVendor({
  id: 'awork',
  credentials,
  env: (baseUrl) => ({ AWORK_API_KEY: credentials.apiKey, AWORK_BASE_URL: baseUrl }),
  people,
  demo: {
    change: { position: 'Staff Engineer' },
    trap: 'the other six fields are as they were, although this PUT empties what it does not get',
    renamed: { lastName: 'Miller' },
    scenes: { declined: { lastName: 'Smith' } },
  },
  authorize(request) {
    if (request.headers['authorization'] !== `Bearer ${credentials.apiKey}`)
      throw new Rejection(error(401, 'Unauthorized'));
  },
  // There is no 403 in the table of fern/pages/error-handling.mdx: a missing permission is a 401 too.
  forbidden: error(401, 'The user lacks the permission user-master-data:write'),
  error,
  touch,
  finish: addRateLimit,
  routes: [
    { method: 'GET', path: '/users/me', handle: (_, vendor) => read(vendor, people.ids.alex) },
    { method: 'GET', path: '/me', handle: (_, vendor) => read(vendor, people.ids.alex) },
    { method: 'GET', path: '/users', handle: (request, vendor) => listUsers(request, vendor, error) },
    { method: 'GET', path: '/users/:id', handle: (_, vendor, { id = '' }) => read(vendor, id.toLowerCase()) },
    {
      method: 'PUT',
      path: '/users/:id',
      handle: (request, vendor, { id = '' }) => write(request, vendor, id.toLowerCase()),
    },
  ],
});

function read(vendor: Vendor, id: string): VendorResponse {
  const user = vendor.users.get(id);
  return user ? { status: 200, body: user } : error(404, 'User not found');
}

/** Replaces the whole model; what is not sent is emptied: https://github.com/awork-io/awork/issues/89 (vendor staff) */
function write(request: VendorRequest, vendor: Vendor, id: string): VendorResponse {
  const stored = vendor.users.get(id);
  if (!stored) return error(404, 'User not found');
  const body = bodyObject(request, () => error(400, 'The model is invalid', 'invalid-model'));
  const faults = Object.entries(body).flatMap(([name, value]) => faultsOf(name, value));
  if (faults.length > 0) return error(400, 'The validation failed', 'validation-failed', faults);
  const birthDate = toInstant(body['birthDate']);
  if (birthDate !== null && Date.parse(birthDate) > Date.now()) {
    return error(400, 'The birth date must not be in the future', 'date-out-of-range');
  }
  // Emptied strings are read back as "": tests/Fixtures/users.json of https://github.com/timkley/awork-php-sdk
  const strings = Object.keys(STRING_LIMITS).map((name): [string, JsonValue] => [name, body[name] ?? '']);
  const record: JsonRecord = { ...stored, ...Object.fromEntries(strings), birthDate };
  touch(record);
  return { status: 200, body: commit(vendor, id, record) };
}

function faultsOf(name: string, value: JsonValue): JsonRecord[] {
  const limit = Object.hasOwn(STRING_LIMITS, name) ? STRING_LIMITS[name] : undefined;
  if (limit === undefined && name !== 'birthDate')
    return [{ property: name, message: 'Additional property is not allowed' }];
  if (value === null) return [];
  // A value of the wrong JSON type is named `$.field`: https://github.com/awork-io/awork/issues/28
  if (typeof value !== 'string') return [{ property: `$.${name}`, message: 'The JSON value could not be converted' }];
  if (limit !== undefined) {
    return value.length > limit ? [{ property: name, message: `The maximum length is ${limit}` }] : [];
  }
  return toInstant(value) === null
    ? [{ property: '$.birthDate', message: 'The JSON value could not be converted' }]
    : [];
}

/** A .NET date-time as the vendor shows it: in UTC, with a time even where only a day was sent. */
function toInstant(value: JsonValue | undefined): string | null {
  // The vendor's own example has three digits of seconds, `1998-04-19T00:00:000Z`.
  const text = typeof value === 'string' ? value.replace(/(T\d\d:\d\d):0(\d\d)Z$/, '$1:$2Z') : '';
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text)) return null;
  const date = new Date(/T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace('.000Z', 'Z');
}

/** The vendor's model: `resourceVersion` and `updatedOn` change together but are not the same instant. */
function touch(record: JsonRecord): void {
  const now = tick();
  record['updatedOn'] = new Date(now).toISOString();
  record['updatedBy'] = people.ids.alex;
  record['resourceVersion'] = dotnetTicks(now) + 1n;
}

function addRateLimit(reply: VendorResponse, _request: VendorRequest, vendor: Vendor): VendorResponse {
  const headers = {
    'ratelimit-limit': String(LIMIT),
    'ratelimit-remaining': String(LIMIT - (vendor.requests.length % LIMIT)),
    'ratelimit-reset': String(60 - (Math.floor(Date.now() / 1000) % 60)),
  };
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

/** The body of fern/pages/error-handling.mdx. */
function error(
  status: number,
  description: string,
  code?: string,
  validationErrors: JsonRecord[] = [],
): VendorResponse {
  const codes: Record<number, string> = { 401: 'unauthorized', 404: 'not-found', 500: 'server-error' };
  return {
    status,
    body: {
      code: code ?? codes[status] ?? (status < 500 ? 'invalid-model' : 'server-error'),
      description,
      link: 'https://developers.awork.com/error-handling',
      traceId: '00-5ad0b0c51f3a4a8e8f0a6f0c7c0d1e2f-7b1c2d3e4f506172-00',
      validationErrors,
    },
  };
}
