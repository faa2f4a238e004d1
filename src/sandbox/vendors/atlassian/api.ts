/**
 * Atlassian User Provisioning (SCIM 2.0), after
 * https://developer.atlassian.com/cloud/admin/user-provisioning/rest/api-group-users/
 */
import { createHash } from 'node:crypto';
import { isoTick } from '../../clock.ts';
import { defineVendor, Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import { isObject, type JsonRecord, omit, toJson } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { project, refuseBoth } from './attributes.ts';
import { credentials } from './credentials.ts';
import { listUsers } from './list.ts';
import { people } from './people.ts';
import { scimError, toScim } from './scim.ts';
import { type AtlassianOptions, replaceUser } from './write.ts';

const DIRECTORY = '/scim/directory/:directory';

const options: AtlassianOptions = { etag: false, verifiedDomains: undefined };

export const atlassian = defineVendor({
  id: 'atlassian',
  credentials,
  env: (baseUrl) => ({
    ATLASSIAN_DIRECTORY_ID: credentials.directoryId,
    ATLASSIAN_SCIM_TOKEN: credentials.token,
    ATLASSIAN_BASE_URL: baseUrl,
  }),
  people,
  demo: {
    change: { title: 'Staff Engineer' },
    trap: 'phone numbers, groups and extensions are as they were, although this PUT removes what it does not get',
    renamed: { name: { familyName: 'Miller' } },
  },
  authorize(request) {
    if (request.headers['authorization'] !== `Bearer ${credentials.token}`) {
      throw new Rejection(scimError(401, 'Unauthorized'));
    }
    const [, , , directory] = request.pathname.split('/');
    if (directory !== credentials.directoryId) throw new Rejection(scimError(404, 'Directory not found'));
    refuseBoth(request.query);
  },
  forbidden: scimError(403, 'Forbidden'),
  error: (status, message) => scimError(status, message, status === 400 ? 'invalidSyntax' : undefined),
  touch(record) {
    record['meta'] = { ...(isObject(record['meta']) ? record['meta'] : {}), lastModified: isoTick() };
  },
  options,
  routes: [
    { method: 'GET', path: `${DIRECTORY}/ServiceProviderConfig`, handle: (_, vendor) => serviceProviderConfig(vendor) },
    {
      method: 'GET',
      path: `${DIRECTORY}/Users`,
      handle: (request, vendor) => listUsers(request, vendor, (user) => shown(request, vendor, user)),
    },
    { method: 'GET', path: `${DIRECTORY}/Users/:id`, handle: (request, vendor, { id }) => read(request, vendor, id) },
    { method: 'PUT', path: `${DIRECTORY}/Users/:id`, handle: (request, vendor, { id }) => write(request, vendor, id) },
  ],
});

function read(request: VendorRequest, vendor: Vendor<AtlassianOptions>, id = ''): VendorResponse {
  const user = vendor.users.get(id);
  return user ? answer(request, vendor, user) : notFound(id);
}

function write(request: VendorRequest, vendor: Vendor<AtlassianOptions>, id = ''): VendorResponse {
  const stored = vendor.users.get(id);
  if (!stored) return notFound(id);
  const condition = request.headers['if-match'];
  // Without announced ETags the header is ignored: a client must not rely on it then.
  if (vendor.options.etag && condition !== undefined && !isMatch(condition, versionOf(stored))) {
    return scimError(412, 'The resource has changed on the server');
  }
  return answer(request, vendor, replaceUser(request, vendor, id, stored));
}

function answer(request: VendorRequest, vendor: Vendor<AtlassianOptions>, user: JsonRecord): VendorResponse {
  const etag = vendor.options.etag ? { etag: versionOf(user) } : {};
  return toScim({ status: 200, body: shown(request, vendor, user), headers: etag });
}

function shown(request: VendorRequest, vendor: Vendor<AtlassianOptions>, user: JsonRecord): JsonRecord {
  const meta = isObject(user['meta']) ? user['meta'] : {};
  const full = vendor.options.etag ? { ...user, meta: { ...meta, version: versionOf(user) } } : user;
  return project(full, request.query);
}

/** Computed from the content, so that it changes with every edit. */
function versionOf(user: JsonRecord): string {
  return `W/"${createHash('sha256')
    .update(toJson(omit(user, ['groups'])))
    .digest('hex')
    .slice(0, 16)}"`;
}

/** RFC 7232 section 3.1, by weak comparison, since RFC 7644 section 3.14 uses weak tags throughout. */
function isMatch(condition: string, version: string): boolean {
  const strong = (tag: string) => tag.trim().replace(/^W\//, '');
  return condition.split(',').some((tag) => tag.trim() === '*' || strong(tag) === strong(version));
}

/** RFC 7643 section 5. Only the filter and sort limits of the real service's response are documented. */
function serviceProviderConfig(vendor: Vendor<AtlassianOptions>): VendorResponse {
  return toScim({
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      documentationUri: 'https://developer.atlassian.com/cloud/admin/user-provisioning/',
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 1000 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: vendor.options.etag === true },
      authenticationSchemes: [{ type: 'oauthbearertoken', name: 'API key', description: 'Directory API key' }],
    },
  });
}

function notFound(id: string): VendorResponse {
  return scimError(404, `Resource [USER] with id [${id}] not found`);
}
