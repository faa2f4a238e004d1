import type { JsonRecord, JsonValue } from '../../json.ts';
import {
  asObject,
  email,
  type FieldSample,
  gone,
  keysGone,
  merged,
  TEXT,
  text,
  textUpTo,
  type VendorSamples,
} from '../../samples.ts';
import { credentials } from './credentials.ts';

const limited = (minLength: number, maxLength: number, valid: string): FieldSample => ({
  // Any text that is set has a character.
  listed: { ...TEXT, ...(minLength > 1 && { minLength }), maxLength },
  valid,
  invalid: ['x'.repeat(minLength - 1), 'x'.repeat(maxLength + 1), 1, true, {}, ['x'], null],
});

/** Declared properties of the profile that take any text, and a valid value of each. */
const TEXTS = {
  middleName: 'Anna',
  honorificPrefix: 'Dr.',
  honorificSuffix: 'Jr.',
  displayName: 'Janet D’Öe',
  nickName: 'Jay',
  title: 'Staff Engineer',
  userType: 'Contractor',
  department: 'Platform',
  division: 'Hardware',
  organization: 'Acme GmbH',
  costCenter: '20',
  employeeNumber: '2001',
  manager: 'Alex Rivera',
  managerId: '00ub0sandboxAcme0008',
  preferredLanguage: 'de-DE',
  locale: 'de_DE',
  timezone: 'Europe/Berlin',
} as const;

/** Those with a limit. */
const LIMITED = {
  mobilePhone: [100, '+1 415 555 0777'],
  primaryPhone: [100, '+1 415 555 0778'],
  streetAddress: [1024, '2 Mission St'],
  city: [128, 'Oakland'],
  state: [128, 'NV'],
  zipCode: [50, '94601'],
  countryCode: [2, 'DE'],
  postalAddress: [4096, 'P.O. Box 8, Oakland'],
} as const;

const URL_SAMPLE: FieldSample = {
  listed: { type: 'string', description: 'URL' },
  valid: 'https://people.acme.example/janet',
  invalid: ['people/janet', 'javascript:alert(1)', '', null, 1],
};

/** Outside the profile, or in it under their own names. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  realmId: ['realmId'],
  password: ['credentials', 'password', 'value'],
  profile: ['profile'],
};

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/updateUser */
export const samples: VendorSamples = {
  headers: { Authorization: `SSWS ${credentials.token}` },
  userPath: '/api/v1/users/',
  method: 'POST',
  place: (field) => PLACES[field] ?? ['profile', field],
  fields: {
    login: limited(5, 100, 'janet.doe@login.acme.example'),
    email: email('jane.new@acme.example'),
    secondEmail: email('janet@mail.example'),
    firstName: limited(1, 50, 'Janet'),
    lastName: limited(1, 50, 'D’Öe'),
    profileUrl: URL_SAMPLE,
    ...Object.fromEntries(Object.entries(TEXTS).map(([name, valid]) => [name, text(valid)])),
    ...Object.fromEntries(Object.entries(LIMITED).map(([name, [most, valid]]) => [name, textUpTo(most, valid)])),
    realmId: text('guo1bfiNtSnZYILxO0g4'),
    password: { ...text('Brand-New-55'), invalid: ['', null, 12345678, {}] },
    profile: merged('profile', { type: 'object' }, { badge: 'B-2002', mentors: ['john'], remote: false }, [
      ...['x', [], null, 1],
      { badge: null },
      { badge: '' },
    ]),
  },
  clearable: {
    ...gone(...Object.keys(TEXTS), ...Object.keys(LIMITED), 'secondEmail', 'firstName', 'lastName', 'profileUrl'),
    ...keysGone('profile', ['badge', 'mentors', 'level', 'remote']),
  },
  body(before, changed) {
    const { realmId, password, profile, ...declared } = changed;
    const custom = profile === undefined ? {} : difference(asObject(before['profile']), asObject(profile));
    const whole: JsonRecord = { ...declared, ...custom };
    return {
      ...(Object.keys(whole).length > 0 && { profile: whole }),
      ...(realmId !== undefined && { realmId }),
      ...(password !== undefined && { credentials: { password: { value: password } } }),
    };
  },
  volatile: ['lastUpdated', 'passwordChanged'],
  unknownId: '00ub0sandboxAcme9999',
  credential: 'OKTA_TOKEN',
  forbidden: 'forbidden',
  preview: { lastName: 'Roe', profile: { badge: 'B-7' } },
  marked: {
    personal: 'nickName',
    open: ['title', 'Principal'],
    other: 'middleName',
    secret: 'password',
    keys: [credentials.token],
    error: (errorSummary) => ({ errorCode: 'E0000001', errorSummary, errorLink: 'E0000001', errorCauses: [] }),
  },
  soak: [
    { name: 'title', value: ({ plain }) => plain, free: true },
    { name: 'department', value: ({ plain }) => plain },
    { name: 'nickName', value: ({ personal }) => personal },
    { name: 'middleName', value: ({ personal }) => personal },
  ],
};

/** The members that change, `null` for one that goes. */
function difference(before: JsonRecord, after: JsonRecord): JsonRecord {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differs = (name: string) => JSON.stringify(plain(before[name])) !== JSON.stringify(plain(after[name]));
  return Object.fromEntries(names.filter(differs).map((name) => [name, after[name] ?? null]));
}

function plain(value: JsonValue | undefined): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
