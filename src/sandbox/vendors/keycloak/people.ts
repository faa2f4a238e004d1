import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

const ids = numberedIds((nth) => `7a1c5f0e-3b2d-4c6e-9f80-1d2e3f40000${nth}`);

const attributes: Partial<Record<PersonKey, JsonRecord>> = {
  jane: { nickname: ['JD'], phones: ['+1 415 555 0101', '+1 415 555 0199'], 'cost.center': ['10'] },
  priya: { badge: ['9223372036854775807'], clearance: ['3', '2025-02-03'] },
};

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: { requiredActions: ['UPDATE_PASSWORD', 'VERIFY_EMAIL'], federationLink: 'ldap-hq' },
  // The user name is not always the e-mail.
  john: { username: 'jsmith', requiredActions: ['CONFIGURE_TOTP'] },
  priya: {
    totp: true,
    federatedIdentities: [{ identityProvider: 'corporate', userId: 'pn-7', userName: 'priya' }],
    // Undocumented: an attribute that the vendor may add any day.
    riskLevel: { value: 9_007_199_254_740_993n },
  },
};

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  return {
    id: ids[person.key],
    username: person.email,
    firstName: person.first,
    lastName: person.last,
    email: person.email,
    emailVerified: index !== 3,
    attributes: {
      locale: [person.language],
      department: [person.department],
      jobTitle: [person.job],
      ...attributes[person.key],
    },
    enabled: person.active,
    createdTimestamp: 1_705_309_200_000 + index,
    totp: false,
    disableableCredentialTypes: [],
    requiredActions: [],
    notBefore: 0,
    access: { manage: true },
    // Never shown.
    credentials: [{ type: 'password', value: `Old-${index + 1}-Passw0rd` }],
    ...extras[person.key],
  };
}
