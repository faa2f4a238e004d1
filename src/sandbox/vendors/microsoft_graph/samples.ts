import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import {
  asObject,
  choice,
  closedObject,
  EMAIL,
  type FieldSample,
  flag,
  gone,
  merged,
  TEXT,
  text,
  textUpTo,
  type VendorSamples,
} from '../../samples.ts';
import { credentials } from './credentials.ts';
import { issueToken } from './tokens.ts';

const EXTENSIONS = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);
const NOT_LISTS = ['x', null, 1, {}, [''], [1]];
const PASSWORD_PROFILE = ['password', 'forceChangePasswordNextSignIn', 'forceChangePasswordNextSignInWithMfa'];
const POLICIES = ['DisablePasswordExpiration', 'DisableStrongPassword'];
const A_DAY = 86_400;

const between = (minLength: number, maxLength: number, valid: string): FieldSample => ({
  // Any text that is set has a character.
  listed: { ...TEXT, ...(minLength > 1 && { minLength }), maxLength },
  valid,
  invalid: ['x'.repeat(maxLength + 1), 1, true, {}, ['x'], '', null],
});

const address = (valid: string): FieldSample => ({ listed: EMAIL, valid, invalid: ['nobody', 'a@', '', null, 7] });

/** Keys of an object that become null on their own. */
const keysNull = (field: string, keys: readonly string[]): VendorSamples['clearable'] =>
  Object.fromEntries(
    keys.map((key) => [`${field}.${key}`, (before) => ({ [field]: { ...asObject(before[field]), [key]: null } })]),
  );

/** https://learn.microsoft.com/en-us/graph/api/user-update */
export const samples: VendorSamples = {
  // A token of their own for tests that talk to the vendor directly.
  headers: { Authorization: `Bearer ${issueToken(A_DAY)}` },
  userPath: '/v1.0/users/',
  method: 'PATCH',
  place: (field) => (PASSWORD_PROFILE.includes(field) ? ['passwordProfile', field] : [field]),
  fields: {
    accountEnabled: flag(false),
    ageGroup: choice('NotAdult', ['Minor', 'NotAdult', 'Adult'], ['adult', '', null, 1]),
    businessPhones: {
      listed: { type: 'array', items: TEXT, maxItems: 1 },
      valid: ['+1 425 555 0109'],
      invalid: [['+1 425 555 0109', '+1 425 555 0110'], ...NOT_LISTS],
    },
    city: textUpTo(128, 'Oakland'),
    companyName: textUpTo(64, 'Acme GmbH'),
    consentProvidedForMinor: choice('Granted', ['Granted', 'Denied', 'NotRequired'], ['granted', '', null, 1]),
    country: textUpTo(128, 'DE'),
    department: textUpTo(64, 'Platform'),
    displayName: between(1, 256, 'Janet Doe'),
    employeeHireDate: {
      listed: { type: 'string', format: 'date-time' },
      valid: '2022-02-01T00:00:00Z',
      invalid: ['2022-02-30', 'soon', '', null, 20220201],
    },
    employeeId: textUpTo(16, 'E-2001'),
    employeeOrgData: merged(
      'employeeOrgData',
      closedObject({ division: TEXT, costCenter: TEXT }),
      { division: 'Lab' },
      ['x', [], null, 1, { team: 'x' }, { division: null }],
    ),
    employeeType: text('Contractor'),
    faxNumber: text('+1 425 555 0111'),
    forceChangePasswordNextSignIn: flag(true),
    forceChangePasswordNextSignInWithMfa: flag(true),
    givenName: textUpTo(64, 'Janet'),
    jobTitle: textUpTo(128, 'Head of Product'),
    mail: {
      ...address('janet.doe@acme.example'),
      changes: ({ proxyAddresses }) => ({
        mail: 'janet.doe@acme.example',
        proxyAddresses: ['SMTP:janet.doe@acme.example', ...demoted(proxyAddresses)],
      }),
    },
    mailNickname: between(1, 64, 'janet.doe'),
    mobilePhone: textUpTo(64, '+1 425 555 0112'),
    officeLocation: text('19/2112'),
    onPremisesExtensionAttributes: merged(
      'onPremisesExtensionAttributes',
      closedObject(Object.fromEntries(EXTENSIONS.map((name) => [name, { ...TEXT, maxLength: 1024 }]))),
      { extensionAttribute9: 'annex' },
      ['x', [], null, 1, { extensionAttribute16: 'x' }, { extensionAttribute1: null }],
    ),
    onPremisesImmutableId: text('aGVsbG8td29ybGQtMDEyMw=='),
    otherMails: {
      listed: { type: 'array', items: EMAIL },
      valid: ['janet@mail.example'],
      invalid: [['nobody'], ...NOT_LISTS],
    },
    password: {
      ...between(8, 256, 'Brand-New-55'),
      changes: () => ({ password: 'Brand-New-55', forceChangePasswordNextSignIn: true }),
    },
    passwordPolicies: choice('DisableStrongPassword', [...POLICIES, POLICIES.join(', ')], ['None', '', null, 1]),
    postalCode: textUpTo(40, '94607'),
    preferredLanguage: text('de-DE'),
    state: textUpTo(128, 'NV'),
    streetAddress: textUpTo(1024, 'Broadway 1'),
    surname: textUpTo(64, 'Roe'),
    usageLocation: { ...between(2, 2, 'DE'), invalid: ['Germany', 'D', '', null, 1] },
    userPrincipalName: address('janet.doe@acme.example'),
    userType: choice('Guest', ['Member', 'Guest'], ['guest', '', null, 1]),
  },
  clearable: {
    ...gone('ageGroup', 'city', 'companyName', 'consentProvidedForMinor', 'country', 'department', 'employeeHireDate'),
    ...gone('employeeId', 'employeeType', 'faxNumber', 'givenName', 'jobTitle', 'mobilePhone', 'officeLocation'),
    ...gone('onPremisesImmutableId', 'passwordPolicies', 'postalCode', 'preferredLanguage', 'state', 'streetAddress'),
    ...gone('surname', 'userType'),
    businessPhones: () => ({ businessPhones: [] }),
    otherMails: () => ({ otherMails: [] }),
    ...keysNull('employeeOrgData', ['division', 'costCenter']),
    ...keysNull('onPremisesExtensionAttributes', EXTENSIONS),
  },
  body(before, changed) {
    // The vendor derives addresses from a mail, and the flag from a password.
    const { proxyAddresses: _, ...sent } = changed;
    const inProfile = Object.entries(sent).filter(([name]) => PASSWORD_PROFILE.includes(name));
    const profile = inProfile.filter(([name]) => !('password' in sent) || name === 'password');
    const others = Object.entries(sent).filter(([name]) => !PASSWORD_PROFILE.includes(name));
    return {
      ...Object.fromEntries(others.map(([name, value]) => [name, withoutCleared(before[name], value)])),
      ...(profile.length > 0 && { passwordProfile: Object.fromEntries(profile) }),
    };
  },
  volatile: [],
  outlives: ['proxyAddresses'],
  unknownId: '6ea91a8d-e32e-41a1-b7bd-ffffffffffff',
  credential: 'MICROSOFT_GRAPH_CLIENT_SECRET',
  forbidden: 'forbidden',
  preview: { jobTitle: 'Head', employeeOrgData: { division: 'Lab' } },
  marked: {
    hidesUnknown: true,
    personal: 'surname',
    open: ['jobTitle', 'Principal'],
    other: 'givenName',
    secret: 'password',
    keys: [credentials.clientSecret],
    error: (message) => ({ error: { code: 'Request_BadRequest', message, innerError: {} } }),
  },
  soak: [
    { name: 'preferredLanguage', value: ({ plain }) => plain, free: true },
    { name: 'jobTitle', value: ({ plain }) => plain },
    { name: 'surname', value: ({ personal }) => personal },
    { name: 'streetAddress', value: ({ personal }) => personal },
    { name: 'accountEnabled', value: (values) => values.flag() },
  ],
};

function demoted(addresses: JsonValue | undefined): JsonValue[] {
  return (Array.isArray(addresses) ? addresses : []).map((each) => String(each).replace(/^SMTP:/, 'smtp:'));
}

/** The members of an object that are sent: one that goes is left out, and the vendor empties it. */
function withoutCleared(before: JsonValue | undefined, after: JsonValue): JsonValue {
  if (!isObject(after)) return after;
  const held: JsonRecord = asObject(before);
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => value !== null || held[key] === null));
}
