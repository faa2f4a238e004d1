import type { JsonRecord } from '../../json.ts';
import {
  email,
  type FieldSample,
  flag,
  gone,
  keysGone,
  merged,
  oneOf,
  TEXT,
  text,
  type VendorSamples,
} from '../../samples.ts';
import { credentials } from './credentials.ts';
import { createToken } from './tokens.ts';

const ACTIONS = [
  ...['CONFIGURE_TOTP', 'CONFIGURE_RECOVERY_AUTHN_CODES', 'TERMS_AND_CONDITIONS', 'UPDATE_EMAIL', 'UPDATE_PASSWORD'],
  ...['UPDATE_PROFILE', 'VERIFY_EMAIL', 'VERIFY_PROFILE', 'webauthn-register', 'webauthn-register-passwordless'],
];
const A_DAY = 86_400;

/** A name. `""` empties it, which only `clear` may. */
const name = (valid: string): FieldSample => ({
  ...text(valid),
  listed: { ...TEXT, maxLength: 255 },
  invalid: ['x'.repeat(256), 1, true, {}, ['x'], null],
});

/** https://www.keycloak.org/docs-api/latest/rest-api/index.html#_users */
export const samples: VendorSamples = {
  // A token of their own for tests that talk to the vendor directly.
  headers: { Authorization: `Bearer ${createToken(A_DAY)}` },
  userPath: `/admin/realms/${credentials.realm}/users/`,
  fields: {
    username: {
      listed: { ...TEXT, minLength: 3, maxLength: 255 },
      valid: 'janet.doe',
      invalid: ['ab', 'x'.repeat(256), '', null, 1],
    },
    email: email('jane.new@acme.example'),
    firstName: name('Janet'),
    lastName: name('D’Öe'),
    emailVerified: flag(false),
    enabled: flag(false),
    requiredActions: {
      listed: { type: 'array', items: oneOf(...ACTIONS) },
      valid: ['CONFIGURE_TOTP', 'VERIFY_EMAIL'],
      invalid: ['VERIFY_EMAIL', ['DANCE'], [''], null, [null], {}],
    },
    federationLink: name('ldap-berlin'),
    attributes: merged('attributes', { type: 'object' }, { jobTitle: ['Staff Engineer'], languages: ['de', 'en'] }, [
      ...['x', [], null, 1],
      { jobTitle: null },
      { jobTitle: '' },
    ]),
  },
  clearable: {
    ...gone('email', 'firstName', 'lastName'),
    requiredActions: () => ({ requiredActions: [] }),
    ...keysGone('attributes', ['nickname', 'jobTitle', 'phones']),
  },
  body(before, changed) {
    const sent = Object.fromEntries(Object.entries(changed).map(([field, value]) => [field, value ?? '']));
    if (!('attributes' in changed)) return sent;
    const { username = '', email: address = '', firstName = '', lastName = '' } = before;
    return { username, email: address, firstName, lastName, ...sent } satisfies JsonRecord;
  },
  volatile: [],
  unknownId: '7a1c5f0e-3b2d-4c6e-9f80-1d2e3f49ffff',
  credential: 'KEYCLOAK_CLIENT_SECRET',
  forbidden: 'forbidden',
  preview: { lastName: 'Roe', attributes: { jobTitle: ['Head'] } },
  marked: {
    // The names make the label, which everyone sees.
    personal: 'federationLink',
    open: ['emailVerified', false],
    other: 'username',
    keys: [credentials.clientSecret],
    error: (errorMessage) => ({ errorMessage }),
  },
  soak: [
    { name: 'attributes', value: ({ key, personal }) => ({ [key]: [personal] }), free: true },
    // Not the names: without another, they are the label, which is shown.
    { name: 'emailVerified', value: (values) => values.flag() },
    { name: 'enabled', value: (values) => values.flag() },
  ],
};
