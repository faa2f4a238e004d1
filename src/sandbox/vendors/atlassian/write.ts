import { isEmail, isSameText } from '../../checks.ts';
import { isoTick } from '../../clock.ts';
import { bodyObject, commit, Rejection, type VendorRequest } from '../../define-vendor.ts';
import { isObject, type JsonRecord, type JsonValue, omit } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { CORE, EXTERNAL } from './people.ts';
import { scimError } from './scim.ts';

/** Switches of this vendor's behaviour. */
export interface AtlassianOptions {
  /** ETags are announced, sent and honoured. */
  etag: boolean;
  /** A primary e-mail outside these domains costs the user all groups and the account link. */
  verifiedDomains: string[] | undefined;
}

/** Maintained by the service: values that are sent for them are ignored. */
const READ_ONLY = ['id', 'meta', 'groups', EXTERNAL];

const STRINGS = [
  'userName',
  'externalId',
  'displayName',
  'nickName',
  'title',
  'preferredLanguage',
  'timezone',
  'department',
  'organization',
];
const NAME_PARTS = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];

/** PUT replaces: what is not sent is removed, unknown attributes and extensions too. Throws rejections with SCIM errors. */
export function replaceUser(
  request: VendorRequest,
  vendor: Vendor<AtlassianOptions>,
  id: string,
  stored: JsonRecord,
): JsonRecord {
  const body = bodyObject(request, () => scimError(400, 'The body must be a resource', 'invalidSyntax'));
  // RFC 7643 section 2.5: null and an absent attribute are the same.
  const sent = omit(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)), READ_ONLY);
  validate(sent);
  refuseTaken(vendor, id, sent);
  const kept = Object.fromEntries(
    READ_ONLY.filter((key) => stored[key] !== undefined).map((key) => [key, stored[key] ?? null]),
  );
  const meta: JsonRecord = { ...(isObject(stored['meta']) ? stored['meta'] : {}), lastModified: isoTick() };
  const schemas = Array.isArray(sent['schemas']) ? sent['schemas'] : [];
  const all = EXTERNAL in kept && !schemas.includes(EXTERNAL) ? [...schemas, EXTERNAL] : schemas;
  // Left out means true: src/userProvisioning/models/scimUser.ts of https://github.com/MrRefactoring/jira.js
  const record: JsonRecord = { ...sent, active: sent['active'] ?? true, ...kept, schemas: all, meta };
  return commit(vendor, id, leavesOrganisation(vendor, record) ? unlink(record) : record);
}

function validate(sent: JsonRecord): void {
  const { schemas, userName, emails, active, name, phoneNumbers } = sent;
  if (!Array.isArray(schemas) || !schemas.includes(CORE)) refuse(`schemas must contain ${CORE}`);
  if (typeof userName !== 'string' || userName === '') refuse('userName is required');
  if (!isListOfValues(emails) || emails.length === 0) refuse('emails is required');
  if (!emails.every(({ value }) => isEmail(value))) refuse('emails holds an invalid address');
  if (emails.filter(({ primary }) => primary === true).length !== 1) refuse('Exactly one e-mail must be primary');
  if (active !== undefined && typeof active !== 'boolean') refuse('active must be a boolean');
  if (phoneNumbers !== undefined && !isListOfValues(phoneNumbers)) refuse('phoneNumbers must be a list of values');
  for (const key of STRINGS) {
    if (sent[key] !== undefined && typeof sent[key] !== 'string') refuse(`${key} must be a string`);
  }
  if (name === undefined) return;
  if (!isObject(name)) refuse('name must be an object');
  for (const part of NAME_PARTS) {
    if (name[part] != null && typeof name[part] !== 'string') refuse(`name.${part} must be a string`);
  }
}

function refuseTaken(vendor: Vendor<AtlassianOptions>, id: string, sent: JsonRecord): void {
  const addresses = addressesOf(sent);
  for (const [other, user] of vendor.users) {
    if (other === id) continue;
    if (isSameText(user['userName'], sent['userName'])) {
      throw new Rejection(
        scimError(409, `Resource [USER]: with userName[${String(sent['userName'])}] already exists.`, 'uniqueness'),
      );
    }
    const taken = addresses.find((address) => addressesOf(user).some((stored) => isSameText(stored, address)));
    // Words of https://support.atlassian.com/atlassian-cloud/kb/409-error-when-attempting-to-update-email-address-via-user-provisioning/
    if (taken !== undefined) {
      throw new Rejection(scimError(409, `Resource [USER]: with email[${taken}] already exists.`, 'uniqueness'));
    }
  }
}

/**
 * A primary e-mail on an unverified domain takes the user out of all provisioned groups and cuts the account link:
 * https://confluence.atlassian.com/cloudkb/email-address-change-via-user-provisioning-is-not-reflected-on-atlassian-1131087024.html
 */
function leavesOrganisation(vendor: Vendor<AtlassianOptions>, record: JsonRecord): boolean {
  const { verifiedDomains } = vendor.options;
  if (!verifiedDomains || !isListOfValues(record['emails'])) return false;
  const primary = record['emails'].find((email) => email['primary'] === true)?.['value'];
  return !verifiedDomains.some((domain) => isSameText(domain, String(primary).split('@')[1]));
}

function unlink(record: JsonRecord): JsonRecord {
  return { ...omit(record, [EXTERNAL]), groups: [] };
}

function addressesOf(user: JsonRecord): string[] {
  return isListOfValues(user['emails']) ? user['emails'].map(({ value }) => String(value)) : [];
}

function isListOfValues(value: JsonValue | undefined): value is JsonRecord[] {
  return Array.isArray(value) && value.every((item) => isObject(item) && typeof item['value'] === 'string');
}

function refuse(detail: string): never {
  throw new Rejection(scimError(400, detail, 'invalidValue'));
}
