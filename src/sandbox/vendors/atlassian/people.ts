import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import { credentials } from './credentials.ts';

export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** The Atlassian account id. https://developer.atlassian.com/cloud/admin/user-provisioning/rest/api-group-users/ */
export const EXTERNAL = 'urn:scim:schemas:extension:atlassian-external:1.0';
/** https://support.atlassian.com/provisioning-users/docs/sync-user-attributes-to-your-organization */
export const CUSTOM = 'urn:scim:schemas:extension:atlassian-custom:1.0:Attributes';
const UNKNOWN = 'urn:acme:params:scim:schemas:extension:badge:1.0:User';

/** SCIM ids. */
const ids = numberedIds((nth) => `3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e000${nth}`);

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    schemas: [CORE, ENTERPRISE, CUSTOM, EXTERNAL],
    name: {
      formatted: 'Ms. Jane Alice Doe III',
      familyName: 'Doe',
      givenName: 'Jane',
      middleName: 'Alice',
      honorificPrefix: 'Ms.',
      honorificSuffix: 'III',
    },
    nickName: 'JD',
    emails: [
      { value: 'jane.doe@acme.example', type: 'work', primary: true },
      { value: 'jane@mail.example', type: 'home', primary: false },
    ],
    phoneNumbers: [
      { value: '+1 415 555 0101', type: 'work', primary: true },
      { value: '+1 415 555 0199', type: 'mobile', primary: false },
    ],
    [CUSTOM]: { basedIn: 'San Francisco' },
  },
  // userName is not always the e-mail: a search by e-mail does not find him.
  john: { userName: 'jsmith' },
  priya: {
    schemas: [CORE, ENTERPRISE, CUSTOM, UNKNOWN, EXTERNAL],
    nickName: 'Priya N.',
    [CUSTOM]: { basedIn: 'Bengaluru' },
    // Undocumented: core attributes and an extension that came from the identity provider.
    userType: 'Employee',
    locale: 'en-IN',
    addresses: [{ type: 'work', locality: 'Bengaluru', country: 'IN', primary: true }],
    [UNKNOWN]: { badgeNumber: 9_223_372_036_854_775_807n, clearance: { level: 3, granted: '2025-02-03' } },
  },
};

export const people: VendorPeople = { ids, toRecord: toResource };

function toResource(person: PersonFacts, index: number): JsonRecord {
  const id = ids[person.key];
  const directory = `https://api.atlassian.com/scim/directory/${credentials.directoryId}`;
  return {
    schemas: [CORE, ENTERPRISE, EXTERNAL],
    id,
    externalId: `00u${index + 1}Acme`,
    userName: person.email,
    name: { formatted: `${person.first} ${person.last}`, familyName: person.last, givenName: person.first },
    displayName: `${person.first} ${person.last}`,
    title: person.job,
    preferredLanguage: person.language,
    timezone: person.timezone,
    department: person.department,
    organization: 'Acme Inc.',
    emails: [{ value: person.email, type: 'work', primary: true }],
    phoneNumbers: [{ value: person.phone, type: 'work', primary: true }],
    active: person.active,
    [ENTERPRISE]: { department: person.department, organization: 'Acme Inc.' },
    [EXTERNAL]: { atlassianAccountId: `712020:0b1c2d3e-0000-4000-8000-00000000000${index + 1}` },
    groups: [
      {
        value: 'f1e2d3c4-4444-4b4a-8000-000000000001',
        display: 'All staff',
        type: 'direct',
        $ref: `${directory}/Groups/f1e2d3c4-4444-4b4a-8000-000000000001`,
      },
    ],
    meta: {
      resourceType: 'User',
      location: `${directory}/Users/${id}`,
      created: '2024-01-15T09:00:00.000Z',
      lastModified: '2026-02-01T08:30:00.000Z',
    },
    ...extras[person.key],
  };
}
