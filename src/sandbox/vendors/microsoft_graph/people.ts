import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

/** Object ids. */
const ids = numberedIds((nth) => `6ea91a8d-e32e-41a1-b7bd-d2d185eed0e${nth}`);

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    ageGroup: 'Adult',
    city: 'San Francisco',
    companyName: 'Acme Inc.',
    consentProvidedForMinor: 'NotRequired',
    country: 'US',
    employeeHireDate: '2021-05-03T00:00:00Z',
    employeeOrgData: { division: 'Platform', costCenter: '4711' },
    employeeType: 'Employee',
    faxNumber: '+1 415 555 0191',
    mobilePhone: '+1 415 555 0199',
    officeLocation: '18/2111',
    onPremisesExtensionAttributes: extensions((nth) => `value ${nth}`),
    onPremisesImmutableId: 'nH5QZ0q7skyRkW3xkS7xBA==',
    otherMails: ['jane@mail.example'],
    passwordPolicies: 'DisablePasswordExpiration',
    postalCode: '94103',
    state: 'CA',
    streetAddress: 'Market St 1',
    manager: ids.priya,
  },
  // The name to sign in with is not always the address.
  john: { userPrincipalName: 'jsmith@acme.example' },
  priya: {
    // A schema extension, which only shows when it is selected, and an attribute that no document names.
    extkvbmkofy_hr: { badge: 9_007_199_254_740_993n, clearance: ['a', null] },
    authorizationInfo: { certificateUserIds: ['X509:<PN>priya@acme.example'] },
  },
};

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  return {
    id: ids[person.key],
    accountEnabled: person.active,
    ageGroup: null,
    businessPhones: [person.phone],
    city: null,
    companyName: null,
    consentProvidedForMinor: null,
    country: null,
    createdDateTime: '2024-01-15T09:00:00Z',
    department: person.department,
    displayName: `${person.first} ${person.last}`,
    employeeHireDate: null,
    employeeId: `E-${1001 + index}`,
    employeeOrgData: null,
    employeeType: null,
    faxNumber: null,
    givenName: person.first,
    jobTitle: person.job,
    mail: person.email,
    mailNickname: person.email.split('@')[0] ?? '',
    mobilePhone: null,
    officeLocation: null,
    onPremisesExtensionAttributes: extensions(() => null),
    onPremisesImmutableId: null,
    onPremisesSyncEnabled: null,
    otherMails: [],
    passwordPolicies: null,
    // The password is never shown; what it is set to is kept here for tests.
    passwordProfile: {
      password: `Held-by-Entra-${index}!`,
      forceChangePasswordNextSignIn: false,
      forceChangePasswordNextSignInWithMfa: false,
    },
    postalCode: null,
    preferredLanguage: person.language,
    proxyAddresses: [`SMTP:${person.email}`],
    state: null,
    streetAddress: null,
    surname: person.last,
    usageLocation: 'US',
    userPrincipalName: person.email,
    userType: 'Member',
    ...extras[person.key],
  };
}

function extensions(valueOf: (nth: number) => string | null): JsonRecord {
  const numbers = Array.from({ length: 15 }, (_, index) => index + 1);
  return Object.fromEntries(numbers.map((nth) => [`extensionAttribute${nth}`, valueOf(nth)]));
}
