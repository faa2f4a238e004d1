/**
 * Atlassian User Provisioning (SCIM 2.0), after
 * https://developer.atlassian.com/cloud/admin/user-provisioning/rest/api-group-users/
 */
import { createHash } from 'node:crypto';
import { type Call, Refusal, type Reply, type VendorApi } from '../../api.ts';
import { isoTick } from '../../clock.ts';
import { credentials } from '../../credentials.ts';
import { isObject, type JsonRecord, omit, toJson } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { project, refuseBoth } from './attributes.ts';
import { listUsers } from './list.ts';
import { atlassianPeople } from './people.ts';
import { scimError, toScim } from './scim.ts';
import { replaceUser } from './write.ts';

const DIRECTORY = '/scim/directory/:directory';

export const atlassian: VendorApi = {
  id: 'atlassian',
  people: atlassianPeople,
  authorize(call) {
    if (call.headers['authorization'] !== `Bearer ${credentials.atlassian.token}`) {
      throw new Refusal(scimError(401, 'Unauthorized'));
    }
    const [, , , directory] = call.pathname.split('/');
    if (directory !== credentials.atlassian.directoryId) throw new Refusal(scimError(404, 'Directory not found'));
    refuseBoth(call.query);
  },
  forbidden: scimError(403, 'Forbidden'),
  error: (status, message) => scimError(status, message, status === 400 ? 'invalidSyntax' : undefined),
  touch(record) {
    record['meta'] = { ...(isObject(record['meta']) ? record['meta'] : {}), lastModified: isoTick() };
  },
  routes: [
    { method: 'GET', path: `${DIRECTORY}/ServiceProviderConfig`, run: (_, vendor) => serviceProviderConfig(vendor) },
    {
      method: 'GET',
      path: `${DIRECTORY}/Users`,
      run: (call, vendor) => listUsers(call, vendor, (user) => shown(call, vendor, user)),
    },
    { method: 'GET', path: `${DIRECTORY}/Users/:id`, run: (call, vendor, { id }) => read(call, vendor, id) },
    { method: 'PUT', path: `${DIRECTORY}/Users/:id`, run: (call, vendor, { id }) => write(call, vendor, id) },
  ],
};

function read(call: Call, vendor: Vendor, id = ''): Reply {
  const user = vendor.users.get(id);
  return user ? answer(call, vendor, user) : notFound(id);
}

function write(call: Call, vendor: Vendor, id = ''): Reply {
  const held = vendor.users.get(id);
  if (!held) return notFound(id);
  const condition = call.headers['if-match'];
  // Without announced ETags the header is not looked at: a client must not rely on it then.
  if (vendor.options.etag && condition !== undefined && !isMatch(condition, versionOf(held))) {
    return scimError(412, 'The resource has changed on the server');
  }
  return answer(call, vendor, replaceUser(call, vendor, id, held));
}

function answer(call: Call, vendor: Vendor, user: JsonRecord): Reply {
  const etag = vendor.options.etag ? { etag: versionOf(user) } : {};
  return toScim({ status: 200, body: shown(call, vendor, user), headers: etag });
}

function shown(call: Call, vendor: Vendor, user: JsonRecord): JsonRecord {
  const meta = isObject(user['meta']) ? user['meta'] : {};
  const full = vendor.options.etag ? { ...user, meta: { ...meta, version: versionOf(user) } } : user;
  return project(full, call.query);
}

/** From the content, so that every edit shows, whoever made it. */
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

/** RFC 7643 section 5. What the real service says here is not documented but for the filter and sort limits. */
function serviceProviderConfig(vendor: Vendor): Reply {
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

function notFound(id: string): Reply {
  return scimError(404, `Resource [USER] with id [${id}] not found`);
}
