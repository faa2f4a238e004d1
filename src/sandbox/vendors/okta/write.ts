import { isoTick } from '../../clock.ts';
import { bodyObject, commit, Rejection, type VendorRequest } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { invalid, oktaError } from './errors.ts';
import { checkProfile, refuseTaken } from './profile.ts';

/**
 * POST changes what is sent and unsets what is `null`; PUT deletes every property of the profile that is not sent. Of the
 * rest of the user only `credentials` and `realmId` can be written, and `type` by PUT: a `status` is ignored, it changes by lifecycle
 * calls. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
 */
export function writeUser(
  request: VendorRequest,
  vendor: Vendor,
  stored: JsonRecord,
  semantics: 'partial' | 'strict',
): JsonRecord {
  const body = bodyObject(request, () => oktaError(400, 'E0000003'));
  const id = String(stored['id']);
  const record: JsonRecord = {
    ...stored,
    ...typeOf(body['type'], stored, semantics),
    ...(typeof body['realmId'] === 'string' && { realmId: body['realmId'] }),
    profile: profileOf(body['profile'], asObject(stored['profile']), semantics),
    ...credentialsOf(body['credentials'], asObject(stored['credentials'])),
    lastUpdated: isoTick(),
  };
  const profile = asObject(record['profile']);
  checkProfile(profile);
  refuseTaken(vendor, id, profile);
  return commit(vendor, id, record);
}

function profileOf(sent: JsonValue | undefined, stored: JsonRecord, semantics: 'partial' | 'strict'): JsonRecord {
  if (sent === undefined) return stored;
  if (!isObject(sent)) throw new Rejection(oktaError(400, 'E0000003'));
  const merged = semantics === 'strict' ? sent : { ...stored, ...sent };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

function typeOf(sent: JsonValue | undefined, stored: JsonRecord, semantics: 'partial' | 'strict'): JsonRecord {
  if (sent === undefined) return {};
  const id = asObject(sent)['id'];
  if (semantics === 'strict') return { type: sent };
  if (id === asObject(stored['type'])['id']) return {};
  throw new Rejection(invalid('type', 'type: The user type can only be changed by a full replacement'));
}

function credentialsOf(sent: JsonValue | undefined, stored: JsonRecord): JsonRecord {
  if (sent === undefined) return {};
  if (!isObject(sent)) throw new Rejection(oktaError(400, 'E0000003'));
  const { password, recovery_question: question } = sent;
  const changed: JsonRecord = {};
  if (password !== undefined) {
    const { value } = asObject(password);
    if (typeof value !== 'string' || !/(?=.*\d)(?=.*[a-z])(?=.*[A-Z])^.{8,}$/su.test(value)) {
      throw new Rejection(invalid('password', 'password: Password requirements were not met.'));
    }
    changed['password'] = { value };
  }
  if (question !== undefined) {
    const { question: text, answer } = asObject(question);
    if (typeof text !== 'string' || typeof answer !== 'string' || answer.length < 4) {
      throw new Rejection(
        invalid('recovery_question', 'answer: The security question answer must be at least 4 characters'),
      );
    }
    changed['recovery_question'] = { question: text, answer };
  }
  const moment = password === undefined ? {} : { passwordChanged: isoTick() };
  return { credentials: { ...stored, ...changed }, ...moment };
}

function asObject(value: JsonValue | undefined): JsonRecord {
  return isObject(value) ? value : {};
}
