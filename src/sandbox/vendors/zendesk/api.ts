/** Zendesk Support, after https://developer.zendesk.com/api-reference/ticketing/users/users/ */

import { isoTick } from '../../clock.ts';
import { commit, defineVendor, Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import { type JsonRecord, omit } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { error, titled } from './errors.ts';
import { identitiesOf, withPrimary } from './identities.ts';
import { listUsers, searchUsers } from './list.ts';
import { people } from './people.ts';
import { updateUser } from './write.ts';

/** What the vendor keeps of a user and shows by other calls, or not at all. */
const HIDDEN = ['identities', 'organization_ids', 'agent_brand_ids', 'remote_photo_url'];
const UPDATES_A_MINUTE = 5;

/** Switches of this vendor's behaviour. */
export interface ZendeskOptions {
  /** The sixth update of one user within a minute is refused, as documented. */
  limited: boolean;
}

const options: ZendeskOptions = { limited: false };

export const zendesk = defineVendor({
  id: 'zendesk',
  credentials,
  env: (baseUrl) => ({
    ZENDESK_SUBDOMAIN: credentials.subdomain,
    ZENDESK_EMAIL: credentials.email,
    ZENDESK_TOKEN: credentials.token,
    ZENDESK_BASE_URL: baseUrl,
  }),
  people,
  demo: {
    change: { user_fields: { membership_level: 'gold' } },
    trap: 'her other fields, tags and organizations are as they were, and no second identity was added',
  },
  authorize(request) {
    const basic = Buffer.from(`${credentials.email}/token:${credentials.token}`).toString('base64');
    if (request.headers['authorization'] === `Basic ${basic}`) return;
    throw new Rejection({ status: 401, body: { error: 'Couldn’t authenticate you' } });
  },
  forbidden: titled(403, 'Forbidden', 'You do not have access to this page'),
  error,
  malformed: titled(400, 'Invalid attribute', 'The request body is not valid JSON'),
  touch(record) {
    record['updated_at'] = isoTick();
  },
  options,
  routes: [
    { method: 'GET', path: '/api/v2/users', handle: (request, vendor) => listUsers(request, vendor, shown) },
    { method: 'GET', path: '/api/v2/users/me', handle: (_, vendor) => read(vendor, people.ids.alex) },
    { method: 'GET', path: '/api/v2/users/search', handle: (request, vendor) => searchUsers(request, vendor, shown) },
    { method: 'GET', path: '/api/v2/users/:id', handle: (_, vendor, { id }) => read(vendor, id) },
    { method: 'PUT', path: '/api/v2/users/:id', handle: (request, vendor, { id }) => write(request, vendor, id) },
    {
      method: 'GET',
      path: '/api/v2/users/:id/identities',
      handle: (_, vendor, { id }) =>
        withUser(vendor, id, (user) => ({ status: 200, body: { identities: identitiesOf(user) } })),
    },
    {
      method: 'PUT',
      path: '/api/v2/users/:id/identities/:identity/make_primary',
      body: 'nothing',
      handle: (_, vendor, { id, identity = '' }) =>
        withUser(vendor, id, (user, key) => {
          const record = withPrimary(user, identity);
          if (!record) return error(404, 'Not found');
          return { status: 200, body: { identities: identitiesOf(commit(vendor, key, record)) } };
        }),
    },
  ],
});

function read(vendor: Vendor<ZendeskOptions>, id = ''): VendorResponse {
  return withUser(vendor, id, (user) => ({ status: 200, body: { user: shown(user) } }));
}

function write(request: VendorRequest, vendor: Vendor<ZendeskOptions>, id = ''): VendorResponse {
  return withUser(vendor, id, (user, key) => {
    // "Shared users … cannot be modified through update requests."
    if (user['shared'] === true) return titled(403, 'Forbidden', 'Shared users cannot be updated');
    if (vendor.options.limited && isOverLimit(request, vendor)) {
      return { ...error(429, 'Number of allowed API requests per minute exceeded'), headers: { 'retry-after': '37' } };
    }
    return { status: 200, body: { user: shown(updateUser(request, vendor, key, user)) } };
  });
}

/** An id that is no integer is another error than an unknown one. */
function withUser(
  vendor: Vendor<ZendeskOptions>,
  id: string | undefined,
  respond: (user: JsonRecord, key: string) => VendorResponse,
): VendorResponse {
  if (id === undefined || !/^\d+$/.test(id)) return titled(400, 'Invalid attribute', 'id must be an integer');
  const user = vendor.users.get(id);
  return user ? respond(user, id) : error(404, 'Not found');
}

/** https://developer.zendesk.com/api-reference/ticketing/users/users/#update-user, "Rate Limit" */
function isOverLimit(request: VendorRequest, vendor: Vendor): boolean {
  const isSame = ({ method, path, at }: Vendor['requests'][number]) =>
    method === 'PUT' && path === request.path && request.at - at < 60_000;
  return vendor.requests.filter(isSame).length > UPDATES_A_MINUTE;
}

function shown(user: JsonRecord): JsonRecord {
  return omit(user, HIDDEN);
}
