import { isSameText } from '../../checks.ts';
import { isoTick } from '../../clock.ts';
import { commit, Rejection, type VendorRequest } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { type InvalidAttribute, refuseInvalid, titled } from './errors.ts';
import { withIdentities } from './identities.ts';
import { LOCALES, USER_FIELDS, WRITABLE, withDerived } from './values.ts';

/** Merges. Throws rejections in the vendor's words. */
export function updateUser(request: VendorRequest, vendor: Vendor, id: string, stored: JsonRecord): JsonRecord {
  const sent = toWritable(request.body);
  refuseInvalid([...valueFaults(sent), ...takenFaults(vendor, id, sent)]);
  const { email: _, phone: __, verified: ___, locale_id: ____, user_fields: fields, ...plain } = sent;
  const withOwn = { ...withIdentities(vendor, id, stored, sent), ...plain };
  const record = withDerived({
    ...withOwn,
    ...localeOf(sent),
    ...roleOf(sent),
    ...restrictionOf(withOwn, sent),
    ...organizationsOf(sent),
    user_fields: mergedFields(stored['user_fields'], fields),
    updated_at: isoTick(),
  });
  return commit(vendor, id, record);
}

/** What is not writable or unknown is ignored. */
function toWritable(body: JsonValue | undefined): JsonRecord {
  const user = isObject(body) ? body['user'] : undefined;
  if (!isObject(user)) throw new Rejection(titled(400, 'Invalid attribute', 'Parameter user is required'));
  return Object.fromEntries(Object.entries(user).filter(([name]) => Object.hasOwn(WRITABLE, name)));
}

function valueFaults(sent: JsonRecord): InvalidAttribute[] {
  return Object.entries(sent).flatMap(([attribute, value]) => {
    if (WRITABLE[attribute]?.(value)) return [];
    const isBlank = value === null || value === '';
    const description = `${titleOf(attribute)}: ${isBlank ? 'cannot be blank' : 'is invalid'}`;
    return [{ attribute, description, error: isBlank ? ('BlankValue' as const) : ('InvalidValue' as const) }];
  });
}

/** External ids are unique, and "ian1" and "IAN1" are the same. */
function takenFaults(vendor: Vendor, id: string, sent: JsonRecord): InvalidAttribute[] {
  const externalId = sent['external_id'];
  const isTaken = [...vendor.users].some(
    ([other, user]) => other !== id && isSameText(user['external_id'], externalId),
  );
  const description = `External: ${String(externalId)} has already been taken`;
  return isTaken ? [{ attribute: 'external_id', description, error: 'DuplicateValue' }] : [];
}

/** `locale_id` is ignored beside `locale`. */
function localeOf({ locale, locale_id: id }: JsonRecord): JsonRecord {
  if (locale !== undefined || id === undefined) return {};
  return { locale: Object.keys(LOCALES).find((tag) => LOCALES[tag] === id) ?? null };
}

/** An end user with a custom role becomes an agent. */
function roleOf({ role, custom_role_id: customRole }: JsonRecord): JsonRecord {
  return role === 'end-user' && customRole != null ? { role: 'agent' } : {};
}

/** A restriction that only agents can have makes an end user `requested`. */
function restrictionOf(record: JsonRecord, { ticket_restriction: restriction }: JsonRecord): JsonRecord {
  const isOfAgents = restriction === 'groups' || restriction === 'assigned';
  return record['role'] === 'end-user' && isOfAgents ? { ticket_restriction: 'requested' } : {};
}

/** Sets the default organization and removes all others. */
function organizationsOf({ organization_id: organization }: JsonRecord): JsonRecord {
  if (organization === undefined) return {};
  return { organization_ids: organization === null ? [] : [organization] };
}

/** Key by key; null empties one, and a key that is no field of the account is ignored. */
function mergedFields(stored: JsonValue | undefined, sent: JsonValue | undefined): JsonRecord {
  const known = Object.entries(isObject(sent) ? sent : {}).filter(([key]) => USER_FIELDS.includes(key));
  return { ...(isObject(stored) ? stored : {}), ...Object.fromEntries(known) };
}

function titleOf(attribute: string): string {
  return `${attribute.charAt(0).toUpperCase()}${attribute.slice(1).replaceAll('_', ' ')}`;
}
