import * as z from 'zod';
import { described } from '../lib/described.ts';
import { type JsonObject, valueAt } from '../lib/json/json-value.ts';
import type { Field } from './field.ts';
import { defineProvider } from './provider.ts';
import { baseUrl, email, flag, pathId, text, timeZone } from './schemas.ts';
import { CORE, ENTERPRISE, NAME_PARTS, READ_ONLY, RESOURCE, RESOURCES } from './scim/resource.ts';

const ATLASSIAN_EXTERNAL = 'urn:scim:schemas:extension:atlassian-external:1.0';

const USERS = '/scim/directory/{directoryId}/Users';

const multiValued = (value: z.ZodType) =>
  z.array(z.strictObject({ value, type: text().optional(), primary: flag().optional() }));
const multiValuedParts = { value: 'personal', type: 'public', primary: 'public' } as const;

/**
 * Atlassian User Provisioning, SCIM 2.0 (RFC 7643, 7644). PUT replaces the resource attribute by attribute: what is not
 * sent is removed, and an omitted `active` becomes true
 * (https://developer.atlassian.com/cloud/admin/user-provisioning/rest/api-group-users/).
 */
export const atlassian = defineProvider({
  id: 'atlassian',
  title: 'Atlassian',
  docs: 'https://developer.atlassian.com/cloud/admin/user-provisioning/rest/api-group-users/#api-scim-directory-directoryid-users-userid-put',
  settings: () =>
    z.strictObject({
      directoryId: described('The last part of the directory base URL.', z.string().min(1)),
      token: described('The API key of the directory, which is not that of an organisation.', z.string().min(1)),
      baseUrl: baseUrl(),
    }),
  env: { directoryId: 'ATLASSIAN_DIRECTORY_ID', token: 'ATLASSIAN_SCIM_TOKEN', baseUrl: 'ATLASSIAN_BASE_URL' },
  signIn: [{ needs: ['directoryId', 'token'], headers: { Authorization: 'Bearer {token}' } }],
  credentials: ['token'],
  baseUrl: 'https://api.atlassian.com',

  userId: pathId,
  example: { user_id: '3f2c8d1e-5a7b-4c9d-8e0f-1a2b3c4d5e6f', set: { title: 'Staff Engineer' } },
  hint: 'user_id is the SCIM id. emails and phoneNumbers are replaced whole; exactly one e-mail is primary.',

  read: { path: `${USERS}/{userId}` },
  write: {
    path: `${USERS}/{userId}`,
    method: 'PUT',
    encoding: 'replace',
    carry: 'record',
    withhold: [['id'], ['meta'], ['groups'], [ATLASSIAN_EXTERNAL]],
    schema: CORE,
    fillsIn: { active: true },
  },
  // RFC 7644 sections 3.14 and 5. The actual response of this service is not documented.
  discovery: { serviceProviderConfig: '/scim/directory/{directoryId}/ServiceProviderConfig' },
  shape: ['attributes', 'excludedAttributes'],

  fields() {
    const word: Field = { schema: text(), sensitivity: 'public', effect: 'ordinary', clear: 'omit' };
    const name: Field = { schema: text(), sensitivity: 'personal', effect: 'ordinary', clear: 'omit' };
    return {
      userName: { schema: text().min(1), sensitivity: 'personal', effect: 'identity' },
      emails: {
        schema: multiValued(email()).refine((entries) => entries.filter((entry) => entry.primary).length === 1, {
          error: 'exactly one entry needs primary: true',
        }),
        sensitivity: 'personal',
        effect: 'identity',
        parts: multiValuedParts,
        compare: 'set',
        // https://confluence.atlassian.com/cloudkb/email-address-change-via-user-provisioning-is-not-reflected-on-atlassian-1131087024.html
        warnings: [
          {
            when: 'domain_changes',
            says: 'The e-mail domain changes: group membership and product access may be lost',
          },
        ],
      },
      active: {
        schema: flag(),
        sensitivity: 'public',
        effect: 'lifecycle',
        warnings: [
          { after: [true], says: 'This gives their access to Atlassian back', headline: 'lifecycle_gains' },
          { says: 'This takes their access to Atlassian away', headline: 'lifecycle_loses' },
        ],
      },
      externalId: { ...name, effect: 'access' },
      name: {
        schema: z.strictObject(Object.fromEntries(NAME_PARTS.map((part) => [part, text().optional()]))),
        sensitivity: 'personal',
        effect: 'ordinary',
        clear: 'omit',
        merge: { keys: NAME_PARTS, clear: 'omit' },
      },
      displayName: name,
      nickName: name,
      title: word,
      preferredLanguage: word,
      timezone: { ...word, schema: timeZone() },
      // Identity providers map to the extension, the profile shows the top level: both are written together.
      department: { ...word, mirror: [ENTERPRISE, 'department'] },
      organization: { ...word, mirror: [ENTERPRISE, 'organization'] },
      phoneNumbers: {
        schema: multiValued(text().min(1)).refine((entries) => entries.filter((entry) => entry.primary).length <= 1, {
          error: 'at most one entry may have primary: true',
        }),
        sensitivity: 'personal',
        effect: 'ordinary',
        clear: 'omit',
        parts: multiValuedParts,
        compare: 'set',
      },
    };
  },
  ...RESOURCE,
  readOnly: { ...READ_ONLY, [ATLASSIAN_EXTERNAL]: 'public', [ENTERPRISE]: 'public' },
  rules: [onePrimaryEmail, hasUserName],

  find: [
    // This service accepts a single `eq` only.
    { by: 'username', matches: ['userName'], path: USERS, query: { filter: 'userName eq {query}' }, ...RESOURCES },
    { by: 'id', matches: ['externalId'], path: USERS, query: { filter: 'externalId eq {query}' }, ...RESOURCES },
  ],
  findLimits: {
    says: 'Atlassian can look up by exact userName, externalId or SCIM id only.',
    ofEmail: 'The e-mail was tried as userName.',
  },

  probe: {
    path: USERS,
    query: { startIndex: '1', count: '1' },
    shows: [['Resources'], ['totalResults']],
    rights: 'a directory key has full control of its directory, by the vendor’s documents',
  },
});

function onePrimaryEmail(after: JsonObject) {
  const emails = Array.isArray(after['emails']) ? after['emails'] : [];
  if (emails.filter((entry) => valueAt(entry, ['primary']) === true).length === 1) return undefined;
  return {
    field: 'emails',
    message: 'Atlassian needs exactly one primary e-mail; set `emails` with one primary: true',
  };
}

function hasUserName(after: JsonObject) {
  if (typeof after['userName'] === 'string' && after['userName'] !== '') return undefined;
  return { field: 'userName', message: 'Atlassian needs a userName; set one' };
}
