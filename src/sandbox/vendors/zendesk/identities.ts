import { isEmail, isSameText } from '../../checks.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { type InvalidAttribute, refuseInvalid } from './errors.ts';

/** https://developer.zendesk.com/api-reference/ticketing/users/user_identities/#json-format */
export function identitiesOf(user: JsonRecord): JsonRecord[] {
  return Array.isArray(user['identities']) ? user['identities'].filter(isObject) : [];
}

/**
 * What `email`, `verified` and `phone` of an update really do. An e-mail becomes a second identity and the primary one
 * stays; a telephone number of a user with a direct line becomes a second identity too.
 * https://developer.zendesk.com/api-reference/ticketing/users/users/#update-user
 */
export function withIdentities(vendor: Vendor, id: string, stored: JsonRecord, sent: JsonRecord): JsonRecord {
  const others = [...vendor.users].filter(([other]) => other !== id).map(([, user]) => user);
  refuseInvalid(emailFaults(others, sent['email']));
  return withPhone(others, withEmail(stored, sent), sent['phone']);
}

/** Makes one identity the primary one, which is the only way to change the primary e-mail address. */
export function withPrimary(user: JsonRecord, identityId: string): JsonRecord | undefined {
  const identities = identitiesOf(user);
  const chosen = identities.find((identity) => String(identity['id']) === identityId);
  if (!chosen) return undefined;
  const all = identities.map((identity) =>
    identity['type'] === chosen['type'] ? { ...identity, primary: identity === chosen } : identity,
  );
  return { ...user, identities: all, ...(chosen['type'] === 'email' && { email: chosen['value'] ?? null }) };
}

function emailFaults(others: readonly JsonRecord[], email: JsonValue | undefined): InvalidAttribute[] {
  if (email === undefined) return [];
  if (!isEmail(email)) {
    return [{ attribute: 'email', description: 'Email: is not properly formatted', error: 'InvalidValue' }];
  }
  const isTaken = others.some((user) => identitiesOf(user).some(({ value }) => isSameText(value, email)));
  const description = `Email: ${email} is already being used by another user`;
  return isTaken ? [{ attribute: 'email', description, error: 'DuplicateValue' }] : [];
}

function withEmail(user: JsonRecord, { email, verified }: JsonRecord): JsonRecord {
  const identities = identitiesOf(user);
  if (email === undefined) {
    if (verified === undefined) return user;
    const isPrimary = (identity: JsonRecord) => identity['type'] === 'email' && identity['primary'] === true;
    const all = identities.map((identity) => (isPrimary(identity) ? { ...identity, verified } : identity));
    return { ...user, verified, identities: all };
  }
  if (identities.some(({ value }) => isSameText(value, email))) return user;
  return { ...user, identities: [...identities, newIdentity(user, 'email', email, verified ?? false)] };
}

function withPhone(others: readonly JsonRecord[], user: JsonRecord, phone: JsonValue | undefined): JsonRecord {
  if (phone === undefined || phone === user['phone']) return user;
  if (phone === null || phone === '') return { ...user, phone: null, shared_phone_number: null };
  const isShared = others.some((other) => other['phone'] === phone);
  if (isShared) return { ...user, phone, shared_phone_number: true };
  const identities = [...identitiesOf(user), newIdentity(user, 'phone_number', phone, true)];
  const hasDirectLine = user['phone'] !== null && user['shared_phone_number'] !== true;
  return hasDirectLine ? { ...user, identities } : { ...user, phone, shared_phone_number: false, identities };
}

function newIdentity(user: JsonRecord, type: string, value: JsonValue, verified: JsonValue): JsonRecord {
  const ids = identitiesOf(user).map(({ id }) => Number(id));
  return { id: Math.max(...ids, 366_000_000_000) + 1000, type, value, verified, primary: false };
}
