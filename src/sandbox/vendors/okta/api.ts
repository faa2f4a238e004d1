/** Okta Users API, after https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */

import { createHash } from 'node:crypto';
import { isoTick } from '../../clock.ts';
import { commit, defineVendor, Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import { isObject, type JsonRecord, toJson } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { errorOf, oktaError } from './errors.ts';
import { remember } from './lag.ts';
import { listUsers } from './list.ts';
import { people } from './people.ts';
import { writeUser } from './write.ts';

/** Switches of this vendor's behaviour. */
export interface OktaOptions {
  /** For how long searches show a record as it was before a write. */
  searchLagMs: number;
  /** How many requests are left in the window that ends at `until` (milliseconds since 1970). */
  quota: { left: number; until: number } | undefined;
  /** The most users on a page of a list, whatever is asked for. */
  pageLimit: number;
  /** The org does not allow changes of deactivated users. */
  deactivatedReadOnly: boolean;
}

const options: OktaOptions = { searchLagMs: 0, quota: undefined, pageLimit: 200, deactivatedReadOnly: false };

/** What each lifecycle call makes of a status. */
const LIFECYCLE: Readonly<Record<string, string>> = {
  activate: 'ACTIVE',
  deactivate: 'DEPROVISIONED',
  suspend: 'SUSPENDED',
  unsuspend: 'ACTIVE',
};

export const okta = defineVendor({
  id: 'okta',
  credentials,
  env: (baseUrl) => ({ OKTA_DOMAIN: credentials.domain, OKTA_TOKEN: credentials.token, OKTA_BASE_URL: baseUrl }),
  people,
  demo: {
    change: { title: 'Staff Engineer' },
    trap: 'the rest of her profile is as it was, custom properties included: only the title was sent',
  },
  authorize,
  forbidden: errorOf(403, ''),
  error: errorOf,
  malformed: oktaError(400, 'E0000003'),
  touch(record) {
    record['lastUpdated'] = isoTick();
  },
  finish: addRateLimit,
  options,
  routes: [
    {
      method: 'GET',
      path: '/api/v1/users',
      handle: (request, vendor) =>
        listUsers(request, vendor, { ...options, ...vendor.options }, (user) => shown(user, request)),
    },
    { method: 'GET', path: '/api/v1/users/:id', handle: (request, vendor, { id }) => read(request, vendor, id) },
    {
      method: 'POST',
      path: '/api/v1/users/:id',
      handle: (request, vendor, { id }) => write(request, vendor, 'partial', id),
    },
    {
      method: 'PUT',
      path: '/api/v1/users/:id',
      handle: (request, vendor, { id }) => write(request, vendor, 'strict', id),
    },
    {
      method: 'POST',
      path: '/api/v1/users/:id/lifecycle/:change',
      body: 'nothing',
      handle: (_, vendor, { id, change }) => changeStatus(vendor, id, change),
    },
  ],
});

function authorize(request: VendorRequest, vendor: Vendor<OktaOptions>): void {
  if (request.headers['authorization'] !== `SSWS ${credentials.token}`) throw new Rejection(errorOf(401, ''));
  const { quota } = vendor.options;
  if (!quota || quota.until <= Date.now()) return;
  if (quota.left <= 0) throw new Rejection(errorOf(429, ''));
  quota.left -= 1;
}

/** The time of the reset is in UTC epoch seconds: https://developer.okta.com/docs/reference/rl-best-practices/ */
function addRateLimit(reply: VendorResponse, _request: VendorRequest, vendor: Vendor<OktaOptions>): VendorResponse {
  const { left = 599, until = Date.now() + 60_000 } = vendor.options.quota ?? {};
  const headers = {
    'x-rate-limit-limit': '600',
    'x-rate-limit-remaining': String(Math.max(0, left)),
    'x-rate-limit-reset': String(Math.ceil(until / 1000)),
  };
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

function read(request: VendorRequest, vendor: Vendor<OktaOptions>, name = ''): VendorResponse {
  const user = find(vendor, name);
  return { status: 200, body: shown(user, request), headers: { etag: tagOf(user) } };
}

function write(
  request: VendorRequest,
  vendor: Vendor<OktaOptions>,
  semantics: 'partial' | 'strict',
  name = '',
): VendorResponse {
  const stored = find(vendor, name);
  const condition = request.headers['if-match'];
  // The code of this error is not documented.
  if (condition !== undefined && condition !== '*' && !condition.split(/\s*,\s*/).includes(tagOf(stored))) {
    return oktaError(412, 'E0000001', 'Precondition failed');
  }
  if (vendor.options.deactivatedReadOnly && stored['status'] === 'DEPROVISIONED') return oktaError(403, 'E0000038');
  const written = writeUser(request, vendor, stored, semantics);
  remember(vendor, String(stored['id']), stored, written);
  return { status: 200, body: shown(written, request) };
}

function changeStatus(vendor: Vendor<OktaOptions>, name = '', change = ''): VendorResponse {
  const status = LIFECYCLE[change];
  if (status === undefined) return errorOf(404, '');
  const stored = find(vendor, name);
  if (stored['status'] === status) return oktaError(403, 'E0000038');
  const moment = isoTick();
  const written = commit(vendor, String(stored['id']), {
    ...stored,
    status,
    statusChanged: moment,
    lastUpdated: moment,
  });
  remember(vendor, String(stored['id']), stored, written);
  return { status: 200, body: {} };
}

/** By id, login, or the part of a login before the `@` where only one user has it; `me` is whose token it is. */
function find(vendor: Vendor, name: string): JsonRecord {
  const users = [...vendor.users.values()];
  const loginOf = ({ profile }: JsonRecord) => (isObject(profile) ? String(profile['login']).toLowerCase() : '');
  const sought = name.toLowerCase();
  const short = users.filter((user) => loginOf(user).split('@')[0] === sought);
  const user =
    vendor.users.get(name === 'me' ? people.ids.alex : name) ??
    users.find((each) => loginOf(each) === sought) ??
    (short.length === 1 ? short[0] : undefined);
  if (!user) throw new Rejection(oktaError(404, 'E0000007', `Not found: Resource not found: ${name} (User)`));
  return user;
}

/** The password and the answer are never shown: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */
function shown(user: JsonRecord, { baseUrl }: VendorRequest): JsonRecord {
  const { credentials: held, ...rest } = user;
  const { recovery_question: recovery, ...others } = isObject(held) ? held : {};
  const question = isObject(recovery) ? { recovery_question: { question: recovery['question'] ?? null } } : {};
  return {
    ...rest,
    credentials: { ...others, password: {}, ...question },
    _links: { self: { href: `${baseUrl}/api/v1/users/${String(user['id'])}` } },
  };
}

/** Computed from the content, so that it changes with every edit. */
function tagOf(user: JsonRecord): string {
  return `W/"${createHash('sha256').update(toJson(user)).digest('hex').slice(0, 16)}"`;
}
