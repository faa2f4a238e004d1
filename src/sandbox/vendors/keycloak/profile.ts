import { isEmail, isSameText } from '../../checks.ts';
import { Rejection } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { fault, invalidFields, refusal } from './errors.ts';

/** Switches of a realm. */
export interface RealmOptions {
  /** "Edit username"; otherwise another user name is refused. */
  editUsername: boolean;
  /** "Email as username": a new e-mail is the new user name as well. */
  emailAsUsername: boolean;
  /** "Unmanaged attributes"; otherwise attributes that the user profile does not declare are dropped without a word. */
  unmanagedAttributes: boolean;
}

export const realmOptions: RealmOptions = { editUsername: true, emailAsUsername: false, unmanagedAttributes: true };

/** Attributes that the user profile of this realm declares besides the four of every realm. */
const DECLARED = ['locale', 'department', 'jobTitle'];

const ROOT = ['username', 'email', 'firstName', 'lastName'];

/**
 * The profile after an update, by the rules of
 * https://github.com/keycloak/keycloak/blob/main/server-spi-private/src/main/java/org/keycloak/userprofile/DefaultUserProfile.java
 * and https://github.com/keycloak/keycloak/blob/main/docs/documentation/upgrading/topics/changes/changes-24_0_4.adoc: without `attributes` whatever is not sent is
 * kept; with `attributes` they are replaced as a whole, and `email`, `firstName` and `lastName` are lost unless they are
 * sent too. A blank value removes.
 * https://github.com/keycloak/keycloak/blob/main/core/src/main/java/org/keycloak/representations/idm/AbstractUserRepresentation.java
 */
export function updateProfile(sent: JsonRecord, stored: JsonRecord, vendor: Vendor<RealmOptions>): JsonRecord {
  const { attributes } = sent;
  const root = Object.fromEntries(
    ['email', 'firstName', 'lastName'].flatMap((name): [string, JsonValue][] => {
      const value = sent[name] ?? (isObject(attributes) ? aliasOf(attributes, name) : (stored[name] ?? ''));
      return typeof value === 'string' && value.trim() !== ''
        ? [[name, name === 'email' ? value.toLowerCase() : value]]
        : [];
    }),
  );
  const { email: _, firstName: __, lastName: ___, username, attributes: held, ...rest } = stored;
  const next: JsonRecord = { ...rest, username: usernameOf(sent, stored, root, vendor), ...root };
  if (isObject(attributes)) next['attributes'] = attributesOf(attributes, vendor);
  else if (held !== undefined) next['attributes'] = held;
  // Without attributes the key is left out.
  if (isObject(next['attributes']) && Object.keys(next['attributes']).length === 0) delete next['attributes'];
  check(next);
  refuseTaken(next, vendor);
  return next;
}

/** A name may also come among the attributes; an e-mail and a user name there do not count. */
function aliasOf(attributes: JsonRecord, name: string): JsonValue {
  return name === 'email' ? '' : ([attributes[name]].flat()[0] ?? '');
}

function usernameOf(sent: JsonRecord, stored: JsonRecord, root: JsonRecord, vendor: Vendor<RealmOptions>): string {
  const { editUsername = realmOptions.editUsername, emailAsUsername } = vendor.options;
  const current = String(stored['username']);
  if (emailAsUsername && typeof root['email'] === 'string') return root['email'];
  const sought = sent['username'];
  if (sought === undefined || sought === null) {
    // An empty name is only completed where it cannot be edited.
    if (isObject(sent['attributes']) && editUsername) throw new Rejection(refusal(400, 'User name is missing'));
    return current;
  }
  const name = String(sought).toLowerCase();
  if (name.trim() === '') throw new Rejection(refusal(400, 'User name is missing'));
  if (!editUsername && name !== current) {
    throw new Rejection(invalidFields([fault('username', 'error-user-attribute-read-only')]));
  }
  return name;
}

function attributesOf(sent: JsonRecord, vendor: Vendor<RealmOptions>): JsonRecord {
  const { unmanagedAttributes = realmOptions.unmanagedAttributes } = vendor.options;
  return Object.fromEntries(
    Object.entries(sent).flatMap(([name, value]): [string, JsonValue][] => {
      if (ROOT.includes(name) || (!unmanagedAttributes && !DECLARED.includes(name))) return [];
      // A single text counts as a list of one.
      const values = [value].flat().filter((item) => typeof item === 'string' && item.trim() !== '');
      return values.length > 0 ? [[name, values]] : [];
    }),
  );
}

function check(user: JsonRecord): void {
  const { username, email, firstName, lastName } = user;
  const faults: JsonRecord[] = [];
  const lengthOf = (value: JsonValue | undefined) => [...String(value ?? '')].length;
  if (lengthOf(username) < 3 || lengthOf(username) > 255) {
    faults.push(fault('username', 'error-invalid-length', '3', '255'));
  }
  if (email !== undefined && !isEmail(email)) faults.push(fault('email', 'error-invalid-email', String(email)));
  for (const [name, value] of Object.entries({ email, firstName, lastName })) {
    if (lengthOf(value) > 255) faults.push(fault(name, 'error-invalid-length-too-long', '0', '255'));
  }
  if (faults.length > 0) throw new Rejection(invalidFields(faults));
}

function refuseTaken(user: JsonRecord, vendor: Vendor): void {
  for (const other of vendor.users.values()) {
    if (other['id'] === user['id']) continue;
    for (const name of ['username', 'email']) {
      if (isSameText(other[name], user[name])) throw new Rejection(refusal(409, `User exists with same ${name}`));
    }
  }
}
