/**
 * MediaSilo API v3 ("Phoenix"), after http://docs.mediasilo.com/docs/get-a-user , its sibling "Update User" and
 * https://phoenix.readme.io/reference/authentication
 */

import { isSameText } from '../../checks.ts';
import {
  bodyObject,
  commit,
  defineVendor,
  Rejection,
  type VendorRequest,
  type VendorResponse,
} from '../../define-vendor.ts';
import { type JsonRecord, omit } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { people } from './people.ts';
import { queryUsers } from './query.ts';
import { faultsOf, WRITE_FIELDS } from './rules.ts';

/** Switches of this vendor's behaviour. */
export interface MediasiloOptions {
  /** A write answers with the user instead of an empty body. */
  putBody: boolean;
}

const options: MediasiloOptions = { putBody: false };

export const mediasilo = defineVendor({
  id: 'mediasilo',
  credentials,
  env: (baseUrl) => ({
    MEDIASILO_HOST_CONTEXT: credentials.hostContext,
    MEDIASILO_USERNAME: credentials.userName,
    MEDIASILO_PASSWORD: credentials.password,
    MEDIASILO_BASE_URL: baseUrl,
  }),
  people,
  demo: {
    change: { address: { city: 'Lisbon' } },
    trap: 'the rest of her address is as it was, although the vendor may replace an address as a whole',
    renamed: { lastName: 'Miller' },
    scenes: { typed: { status: 'LOCKED' } },
  },
  authorize(request) {
    if (!isAuthorized(request)) throw new Rejection(error(401, 'Unauthorized'));
  },
  forbidden: error(403, 'The account-level role ADMINISTRATOR is required'),
  error,
  options,
  routes: [
    { method: 'GET', path: '/me', handle: (_, vendor) => read(vendor, people.ids.alex) },
    { method: 'GET', path: '/users', handle: (request, vendor) => queryUsers(request, vendor, shown, error) },
    { method: 'GET', path: '/users/:id', handle: (_, vendor, { id = '' }) => read(vendor, id.toLowerCase()) },
    {
      method: 'PUT',
      path: '/users/:id',
      handle: (request, vendor, { id = '' }) => write(request, vendor, id.toLowerCase()),
    },
  ],
});

/**
 * Session or Basic, both with the account's host context; or key and secret, which belong to a user and so to an
 * account already: https://docs.shift.io/docs/authentication
 */
function isAuthorized({ headers }: VendorRequest): boolean {
  const { hostContext, userName, password, sessionKey, key, secret } = credentials;
  const context = headers['mediasilohostcontext'];
  if (context !== undefined && !isSameText(context, hostContext)) return false;
  if (headers['x-key'] !== undefined) return headers['x-key'] === key && headers['x-secret'] === secret;
  if (context === undefined) return false;
  if (headers['mediasilosessionkey'] !== undefined) return headers['mediasilosessionkey'] === sessionKey;
  return headers['authorization'] === `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
}

function read(vendor: Vendor<MediasiloOptions>, id: string): VendorResponse {
  const user = vendor.users.get(id);
  return user ? { status: 200, body: shown(user) } : error(404, 'User not found');
}

/** Merges: only fields that are sent are changed. `address` is an "object hash" and replaced whole, the worse case. */
function write(request: VendorRequest, vendor: Vendor<MediasiloOptions>, id: string): VendorResponse {
  const stored = vendor.users.get(id);
  if (!stored) return error(404, 'User not found');
  const body = bodyObject(request, () => error(400, 'The body must be an object'));
  const known = Object.fromEntries(Object.entries(body).filter(([name]) => WRITE_FIELDS.includes(name)));
  const others = [...vendor.users].filter(([other]) => other !== id).map(([, user]) => user);
  const faults = faultsOf(known, stored, others);
  if (faults.length > 0) return error(400, 'Validation failed', faults);
  // The vendor says "sending empty data will delete this field" of these two only.
  const deleted = ['firstName', 'lastName'].filter((name) => known[name] === '');
  const record = commit(vendor, id, omit({ ...stored, ...known }, deleted));
  return vendor.options.putBody ? { status: 200, body: shown(record) } : { status: 200 };
}

function shown(user: JsonRecord): JsonRecord {
  return omit(user, ['password']);
}

/** The vendor's PHP SDK expects a collection of errors in a 400; its shape is not documented, this one is a guess. */
function error(status: number, message: string, errors: JsonRecord[] = []): VendorResponse {
  return { status, body: errors.length > 0 ? { message, errors } : { message } };
}
