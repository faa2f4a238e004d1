import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import { BADGE, CORE, ENTERPRISE } from './schemas.ts';

const ids = numberedIds((nth) => `7c9e6679-7425-40de-944b-e07fc1f9000${nth}`);

/** An extension that `Schemas` does not describe. */
const UNKNOWN = 'urn:acme:params:scim:schemas:extension:locker:1.0:User';

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    schemas: [CORE, ENTERPRISE, BADGE],
    name: {
      formatted: 'Ms. Jane Alice Doe III',
      familyName: 'Doe',
      givenName: 'Jane',
      middleName: 'Alice',
      honorificPrefix: 'Ms.',
      honorificSuffix: 'III',
    },
    nickName: 'JD',
    profileUrl: 'https://people.acme.example/jane',
    userType: 'Employee',
    locale: 'en-US',
    emails: [
      { value: 'jane.doe@acme.example', type: 'work', primary: true },
      { value: 'jane@mail.example', type: 'home', primary: false },
    ],
    phoneNumbers: [
      { value: '+1 415 555 0101', type: 'work', primary: true },
      { value: '+1 415 555 0199', type: 'mobile', primary: false },
    ],
    addresses: [
      {
        type: 'work',
        streetAddress: '1 Market St',
        locality: 'San Francisco',
        region: 'CA',
        postalCode: '94105',
        country: 'US',
        primary: true,
      },
    ],
    roles: [{ value: 'editor', primary: true }],
    entitlements: [{ value: 'reports' }],
    password: 'correct horse',
    [ENTERPRISE]: {
      employeeNumber: '701984',
      costCenter: '4130',
      organization: 'Acme Inc.',
      division: 'Products',
      department: 'Product',
      manager: { value: ids.priya, displayName: 'Priya Natarajan' },
    },
    [BADGE]: { number: 'B-17', issued: '2025-01-01', colour: 'green' },
  },
  // userName is not always the e-mail: a search by e-mail does not find him.
  john: { userName: 'jsmith' },
  priya: {
    schemas: [CORE, ENTERPRISE, UNKNOWN],
    nickName: 'Priya N.',
    // Undocumented attributes, one with an integer beyond a double.
    loginCount: 9_223_372_036_854_775_807n,
    [UNKNOWN]: { locker: 17, keys: { first: 'A', second: null } },
  },
};

export const people: VendorPeople = { ids, toRecord: toResource };

function toResource(person: PersonFacts, index: number): JsonRecord {
  return {
    schemas: [CORE, ENTERPRISE],
    id: ids[person.key],
    externalId: `ext-${index + 1}`,
    userName: person.email,
    name: { familyName: person.last, givenName: person.first },
    displayName: `${person.first} ${person.last}`,
    title: person.job,
    preferredLanguage: person.language,
    timezone: person.timezone,
    active: person.active,
    emails: [{ value: person.email, type: 'work', primary: true }],
    phoneNumbers: [{ value: person.phone, type: 'work', primary: true }],
    groups: [{ value: 'g-1', display: 'All staff', type: 'direct' }],
    [ENTERPRISE]: { organization: 'Acme Inc.', department: person.department },
    meta: { resourceType: 'User', created: '2024-01-15T09:00:00.000Z', lastModified: '2026-02-01T08:30:00.000Z' },
    ...extras[person.key],
  };
}

/** One of many people in the sales department. */
export function morePerson(nth: number): { id: string; record: JsonRecord } {
  const id = `7c9e6679-7425-40de-944b-e07fc1f9${String(1000 + nth)}`;
  const name = `person.${nth}`;
  const record = {
    schemas: [CORE, ENTERPRISE],
    id,
    userName: `${name}@acme.example`,
    displayName: `Person ${nth}`,
    emails: [{ value: `${name}@acme.example`, type: 'work', primary: true }],
    active: true,
    [ENTERPRISE]: { department: 'Sales' },
    meta: { resourceType: 'User' },
  };
  return { id, record };
}
