/** Keycloak Admin REST API, after https://www.keycloak.org/docs-api/latest/rest-api/index.html#_users */

import { defineVendor, Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { keycloakError, unreadable } from './errors.ts';
import { listUsers } from './list.ts';
import { people } from './people.ts';
import { type RealmOptions, realmOptions } from './profile.ts';
import { issueToken, requireToken, type TokenOptions, tokenOptions } from './tokens.ts';
import { writeUser } from './write.ts';

/** Switches of this vendor's behaviour. */
export type KeycloakOptions = RealmOptions & TokenOptions;

const options: KeycloakOptions = { ...realmOptions, ...tokenOptions };
const USERS = '/admin/realms/:realm/users';

export const keycloak = defineVendor({
  id: 'keycloak',
  credentials,
  env: (baseUrl) => ({
    KEYCLOAK_BASE_URL: baseUrl,
    KEYCLOAK_REALM: credentials.realm,
    KEYCLOAK_CLIENT_ID: credentials.clientId,
    KEYCLOAK_CLIENT_SECRET: credentials.clientSecret,
  }),
  people,
  demo: {
    change: { attributes: { jobTitle: ['Staff Engineer'] } },
    trap: 'her other attributes, her names and her e-mail are as they were, although this PUT drops what it does not get',
  },
  authorize,
  accepts: () => ['application/json'],
  forbidden: keycloakError(403),
  error: keycloakError,
  malformed: unreadable,
  options,
  routes: [
    {
      method: 'POST',
      path: '/realms/:realm/protocol/openid-connect/token',
      body: 'form',
      open: true,
      handle: (request, vendor, { realm }) => issueToken(request, vendor, realm),
    },
    { method: 'GET', path: USERS, handle: (request, vendor) => listUsers(request, vendor, shown) },
    {
      method: 'GET',
      path: `${USERS}/count`,
      handle: (_, vendor) => ({ status: 200, body: vendor.users.size }),
    },
    {
      method: 'GET',
      path: `${USERS}/:id`,
      handle: (_, vendor, { id }) => ({ status: 200, body: shown(find(vendor, id)) }),
    },
    { method: 'PUT', path: `${USERS}/:id`, handle: (request, vendor, { id }) => write(request, vendor, id) },
  ],
});

function authorize(request: VendorRequest, vendor: Vendor<KeycloakOptions>): void {
  requireToken(request, vendor);
  const [, admin, realms, realm] = request.pathname.split('/');
  if (admin === 'admin' && realms === 'realms' && realm === credentials.realm) return;
  throw new Rejection(keycloakError(404, 'Realm not found.'));
}

function write(request: VendorRequest, vendor: Vendor<KeycloakOptions>, id: string | undefined): VendorResponse {
  writeUser(request, vendor, find(vendor, id));
  return { status: 204 };
}

function find(vendor: Vendor, id = ''): JsonRecord {
  const user = vendor.users.get(id);
  if (!user) throw new Rejection(keycloakError(404, 'User not found'));
  return user;
}

function shown(user: JsonRecord): JsonRecord {
  const { credentials: _, ...rest } = user;
  return rest;
}
