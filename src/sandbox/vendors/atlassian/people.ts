import { credentials } from '../../credentials.ts';
import type { JsonRecord } from '../../json.ts';
import { type Person, type PersonKey, people } from '../../people.ts';

export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** The Atlassian account id. https://developer.atlassian.com/cloud/admin/user-provisioning/rest/api-group-users/ */
export const EXTERNAL = 'urn:scim:schemas:extension:atlassian-external:1.0';
/** https://support.atlassian.com/provisioning-users/docs/sync-user-attributes-to-your-organization */
export const CUSTOM = 'urn:scim:schemas:extension:atlassian-custom:1.0:Attributes';
const UNKNOWN = 'urn:acme:params:scim:schemas:extension:badge:1.0:User';

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
  // userName is not always the e-mail: a search by e-mail finds nobody here.
  john: { userName: 'jsmith' },
  priya: {
    schemas: [CORE, ENTERPRISE, CUSTOM, UNKNOWN, EXTERNAL],
    nickName: 'Priya N.',
    [CUSTOM]: { basedIn: 'Bengaluru' },
    // In no document: core attributes and an extension the identity provider brought along.
    userType: 'Employee',
    locale: 'en-IN',
    addresses: [{ type: 'work', locality: 'Bengaluru', country: 'IN', primary: true }],
    [UNKNOWN]: { badgeNumber: 9_223_372_036_854_775_807n, clearance: { level: 3, granted: '2025-02-03' } },
  },
};

/** The people of the directory, by SCIM id. */
export function atlassianPeople(): Array<[string, JsonRecord]> {
  return people.map((person, index) => [person.ids.atlassian, structuredClone(toResource(person, index))]);
}

function toResource(person: Person, index: number): JsonRecord {
  const id = person.ids.atlassian;
  const directory = `https://api.atlassian.com/scim/directory/${credentials.atlassian.directoryId}`;
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
