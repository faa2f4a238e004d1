import { bodyObject, commit, Rejection, type VendorRequest } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { unreadable } from './errors.ts';
import { type RealmOptions, updateProfile } from './profile.ts';

/** Required actions of a new server: https://github.com/keycloak/keycloak/blob/main/docs/documentation/server_admin/topics/users/con-required-actions.adoc */
const ACTIONS = [
  ...['CONFIGURE_TOTP', 'TERMS_AND_CONDITIONS', 'UPDATE_PASSWORD', 'UPDATE_PROFILE', 'VERIFY_EMAIL', 'VERIFY_PROFILE'],
  ...['UPDATE_EMAIL', 'CONFIGURE_RECOVERY_AUTHN_CODES', 'delete_account', 'delete_credential', 'idp_link'],
  ...['webauthn-register', 'webauthn-register-passwordless'],
];

const isText = (value: JsonValue) => typeof value === 'string';
const isFlag = (value: JsonValue) => typeof value === 'boolean';
const isList = (value: JsonValue) => Array.isArray(value);

/** `UserRepresentation`: a key that it does not have makes the body unreadable. */
const KEYS: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  id: isText,
  username: isText,
  firstName: isText,
  lastName: isText,
  email: isText,
  emailVerified: isFlag,
  attributes: isObject,
  userProfileMetadata: isObject,
  enabled: isFlag,
  self: isText,
  origin: isText,
  createdTimestamp: (value) => typeof value === 'number',
  totp: isFlag,
  federationLink: isText,
  serviceAccountClientId: isText,
  credentials: isList,
  disableableCredentialTypes: isList,
  requiredActions: isList,
  federatedIdentities: isList,
  realmRoles: isList,
  clientRoles: isObject,
  clientConsents: isList,
  notBefore: (value) => typeof value === 'number',
  groups: isList,
  access: isObject,
};

/**
 * `PUT /admin/realms/{realm}/users/{id}`, after
 * https://github.com/keycloak/keycloak/blob/008e3d4/services/src/main/java/org/keycloak/services/resources/admin/UserResource.java
 */
export function writeUser(request: VendorRequest, vendor: Vendor<RealmOptions>, stored: JsonRecord): JsonRecord {
  const sent = bodyObject(request, () => unreadable);
  for (const [key, value] of Object.entries(sent)) {
    const fits = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (!fits || (value !== null && !fits(value))) throw new Rejection(unreadable);
  }
  const record = updateProfile(sent, stored, vendor);
  for (const key of ['enabled', 'emailVerified', 'federationLink']) {
    if ((sent[key] ?? null) !== null) record[key] = sent[key] ?? null;
  }
  const { requiredActions, credentials } = sent;
  // Actions that are not sent are removed; those that the server does not have are dropped without a word.
  if (Array.isArray(requiredActions))
    record['requiredActions'] = ACTIONS.filter((one) => requiredActions.includes(one));
  if (Array.isArray(credentials)) setPasswords(record, credentials);
  return commit(vendor, String(stored['id']), record);
}

/** A temporary password also has to be changed at the next login. */
function setPasswords(record: JsonRecord, credentials: readonly JsonValue[]): void {
  for (const each of credentials) {
    if (!isObject(each) || each['type'] !== 'password' || typeof each['value'] !== 'string') continue;
    record['credentials'] = [{ type: 'password', value: each['value'] }];
    const actions = Array.isArray(record['requiredActions']) ? record['requiredActions'] : [];
    if (each['temporary'] !== true || actions.includes('UPDATE_PASSWORD')) continue;
    record['requiredActions'] = ACTIONS.filter((one) => one === 'UPDATE_PASSWORD' || actions.includes(one));
  }
}
