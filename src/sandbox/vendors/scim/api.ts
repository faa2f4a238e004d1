/** A directory with SCIM 2.0, after RFC 7643 and 7644; on demand with the rules of known services. */
import { createHash } from 'node:crypto';
import { isoTick } from '../../clock.ts';
import {
  defineVendor,
  Rejection,
  type VendorRequest,
  type VendorResponse,
  type VendorRoute,
} from '../../define-vendor.ts';
import { isObject, type JsonRecord, omit, toJson } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { dialectOf, optionsOf } from './dialects/index.ts';
import { supportedIn } from './dialects/supported.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts';
import { scimError, toScim } from './errors.ts';
import { listUsers } from './list.ts';
import { defaults, type ScimOptions } from './options.ts';
import { morePerson, people } from './people.ts';
import { ENTERPRISE } from './schemas.ts';
import { spelledLower } from './spelling.ts';
import { patchUser, replaceUser } from './write.ts';

type Directory = Vendor<ScimOptions>;
type Write = (request: VendorRequest, vendor: Directory, id: string, stored: JsonRecord) => JsonRecord;

/** Some services have several directories on one host. */
const BASES = ['', '/organizations/:organization', '/enterprises/:enterprise'];

const routesAt = (base: string): VendorRoute<ScimOptions>[] => [
  {
    method: 'GET',
    path: `${base}/ServiceProviderConfig`,
    handle: (_, vendor) => serviceProviderConfig(optionsOf(vendor)),
  },
  { method: 'GET', path: `${base}/Schemas`, handle: (_, vendor) => schemas(optionsOf(vendor)) },
  { method: 'GET', path: `${base}/ResourceTypes`, handle: (_, vendor) => resourceTypes(optionsOf(vendor)) },
  {
    method: 'GET',
    path: `${base}/Users`,
    handle: (request, vendor) => listUsers(request, vendor, (user) => shown(vendor, user)),
  },
  { method: 'GET', path: `${base}/Users/:id`, handle: (_, vendor, { id }) => read(vendor, id) },
  {
    method: 'PUT',
    path: `${base}/Users/:id`,
    handle: (request, vendor, { id }) => write(request, vendor, id, replaceUser),
  },
  { method: 'PATCH', path: `${base}/Users/:id`, handle: (request, vendor, { id }) => patch(request, vendor, id) },
];

export const scim = defineVendor({
  id: 'scim',
  credentials,
  env: (baseUrl) => ({ SCIM_BASE_URL: baseUrl, SCIM_TOKEN: credentials.token }),
  people,
  demo: {
    change: { title: 'Staff Engineer' },
    trap: 'one operation is sent; the extension that no schema describes is as it was',
    renamed: { name: { familyName: 'Miller' } },
    scenes: {
      file: {
        columns: ['department', 'active'],
        locked: 'false',
        person: morePerson,
        valueIn: (record) => (isObject(record[ENTERPRISE]) ? record[ENTERPRISE]['department'] : undefined),
        // RFC 7644 section 3.14: a write with an old version fails.
        conflict: { method: 'PATCH', status: 412 },
      },
    },
  },
  authorize(request, vendor) {
    if (request.headers['authorization'] !== `Bearer ${credentials.token}`) {
      throw new Rejection(scimError(401, 'The token is not valid'));
    }
    dialectOf(vendor)?.checkRequest?.(request);
  },
  forbidden: scimError(403, 'This token may not write'),
  error: (status, message) => scimError(status, message, status === 400 ? 'invalidSyntax' : undefined),
  accepts: (vendor) => optionsOf(vendor).mediaTypes,
  touch(record) {
    record['meta'] = { ...(isObject(record['meta']) ? record['meta'] : {}), lastModified: isoTick() };
  },
  finish(response, _request, vendor) {
    const { error } = dialectOf(vendor) ?? {};
    if (!error || response.status < 400 || !isObject(response.body)) return response;
    return { ...response, body: error(response.body) };
  },
  options: defaults,
  routes: BASES.flatMap(routesAt),
});

function read(vendor: Directory, id = ''): VendorResponse {
  const user = vendor.users.get(id);
  return user ? answer(vendor, user) : notFound(id);
}

function patch(request: VendorRequest, vendor: Directory, id: string | undefined): VendorResponse {
  if (!optionsOf(vendor).patch) return scimError(501, 'PATCH is not supported');
  return write(request, vendor, id, patchUser);
}

function write(request: VendorRequest, vendor: Directory, id = '', change: Write): VendorResponse {
  const stored = vendor.users.get(id);
  if (!stored) return notFound(id);
  const { etag, noContent } = optionsOf(vendor);
  const condition = request.headers['if-match'];
  // Without announced entity tags the header is ignored: a client must not rely on it then.
  if (etag && condition !== undefined && !isCurrent(condition, versionOf(stored))) {
    return scimError(412, 'The resource has changed on the server');
  }
  const user = change(request, vendor, id, stored);
  return noContent ? { status: 204 } : answer(vendor, user);
}

function answer(vendor: Directory, user: JsonRecord): VendorResponse {
  const { etag } = optionsOf(vendor);
  return toScim({ status: 200, body: shown(vendor, user), headers: etag ? { etag: versionOf(user) } : {} });
}

/** Passwords are never shown. */
function shown(vendor: Directory, user: JsonRecord): JsonRecord {
  const { etag, spelling } = optionsOf(vendor);
  const meta = isObject(user['meta']) ? user['meta'] : {};
  const visible = omit({ ...user, meta: etag ? { ...meta, version: versionOf(user) } : meta }, ['password']);
  const dialect = dialectOf(vendor);
  const supported = dialect ? supportedIn(visible, dialect) : visible;
  const own = dialect?.show?.(supported) ?? supported;
  // An object in lower case is an object.
  return spelling === 'lower' ? (spelledLower(own) as JsonRecord) : own;
}

/** Computed from the content, so that it changes with every edit. */
function versionOf(user: JsonRecord): string {
  const hash = createHash('sha256').update(toJson(omit(user, ['groups'])));
  return `W/"${hash.digest('hex').slice(0, 16)}"`;
}

/** RFC 9110 section 13.1.1, by weak comparison, since RFC 7644 section 3.14 uses weak tags throughout. */
function isCurrent(condition: string, version: string): boolean {
  const strong = (tag: string) => tag.trim().replace(/^W\//, '');
  return condition.split(',').some((tag) => tag.trim() === '*' || strong(tag) === strong(version));
}

function notFound(id: string): VendorResponse {
  return scimError(404, `Resource ${id} not found`);
}
