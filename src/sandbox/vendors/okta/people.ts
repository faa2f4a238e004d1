import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

const ids = numberedIds((nth) => `00ub0sandboxAcme000${nth}`);

/** The default type of users, and one that has other custom properties. */
export const USER_TYPES = ['otyfnjfba4ye7pgjB0g4', 'otyfnjfba4ye7pgjB0g5'] as const;

/** Attributes that are only in some profiles; `badge`, `mentors` … are custom ones of this org. */
const profiles: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    middleName: 'Alice',
    honorificPrefix: 'Ms.',
    honorificSuffix: 'III',
    nickName: 'JD',
    profileUrl: 'https://people.acme.example/jane',
    secondEmail: 'jane@mail.example',
    primaryPhone: '+1 415 555 0191',
    streetAddress: '1 Market St',
    city: 'San Francisco',
    state: 'CA',
    zipCode: '94105',
    countryCode: 'US',
    postalAddress: 'P.O. Box 7, San Francisco',
    userType: 'Employee',
    employeeNumber: '1001',
    costCenter: '10',
    division: 'Software',
    organization: 'Acme Inc.',
    manager: 'Priya Natarajan',
    managerId: ids.priya,
    badge: 'B-1001',
    mentors: ['priya', 'alex'],
    level: 5,
    remote: true,
  },
  // The login is not always the e-mail.
  john: { login: 'jsmith@login.acme.example', secondEmail: null, mobilePhone: null },
  misaki: { displayName: '田中 美咲', badge: 'バッジ' },
  priya: { badge: 'B-0007', level: 9_007_199_254_740_993n, mentors: [] },
};

const statuses: Partial<Record<PersonKey, string>> = { max: 'DEPROVISIONED', anna2: 'SUSPENDED' };

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  return {
    id: ids[person.key],
    status: statuses[person.key] ?? 'ACTIVE',
    created: '2024-01-15T09:00:00.000Z',
    activated: '2024-01-15T09:05:00.000Z',
    statusChanged: '2024-01-15T09:05:00.000Z',
    lastLogin: index % 2 === 0 ? '2026-02-01T08:00:00.000Z' : null,
    lastUpdated: '2026-02-01T08:30:00.000Z',
    passwordChanged: '2025-11-03T10:00:00.000Z',
    type: { id: USER_TYPES[0] },
    realmId: 'guo1acmeDefaultRealm',
    profile: {
      login: person.email,
      email: person.email,
      firstName: person.first,
      lastName: person.last,
      displayName: `${person.first} ${person.last}`,
      title: person.job,
      department: person.department,
      mobilePhone: person.phone,
      preferredLanguage: person.language,
      locale: person.language.replace('-', '_'),
      timezone: person.timezone,
      ...profiles[person.key],
    },
    credentials: {
      password: { value: `Old-${index + 1}-Passw0rd` },
      recovery_question: { question: 'Who was your first teacher?', answer: `Teacher ${index + 1}` },
      provider: { type: 'OKTA', name: 'OKTA' },
    },
    // Undocumented: an attribute that the vendor may add any day.
    ...(person.key === 'priya' && { realmMembership: { since: '2025-02-03' } }),
  };
}
