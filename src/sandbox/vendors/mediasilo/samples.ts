import {
  choice,
  closedObject,
  email,
  type FieldSample,
  flag,
  gone,
  merged,
  TEXT,
  text,
  type VendorSamples,
} from '../../samples.ts';
import { credentials } from './credentials.ts';

const ADDRESS_KEYS = ['address1', 'address2', 'city', 'province', 'postalCode', 'country'];
const plainBasic = `${credentials.userName}:${credentials.password}`;
const basic = Buffer.from(plainBasic).toString('base64');

/** A name. `""` clears it, so it is not among the invalid values. */
const name = (valid: string): FieldSample => ({ ...text(valid), invalid: [1, true, {}, ['x'], null] });

/** https://phoenix.readme.io/reference/update-current-user */
export const samples: VendorSamples = {
  headers: { MediaSiloHostContext: credentials.hostContext, Authorization: `Basic ${basic}` },
  userPath: '/users/',
  fields: {
    userName: {
      listed: { type: 'string', pattern: '^[A-Za-z0-9._@-]+$' },
      valid: 'janet_doe-2',
      invalid: ['jane doe', 'jäne', 'a/b', '', null, 1],
    },
    password: {
      listed: { type: 'string', minLength: 8 },
      valid: 'Brand-New-55',
      invalid: ['Sh0rt-x', 'no-digits-Here', 'no-upper-55', 'NO-LOWER-55', 'NoSpecial55', '', null, 12345678],
    },
    firstName: name('Janet'),
    lastName: name('D’Öe'),
    company: text('Acme GmbH'),
    email: email('jane.new@acme.example'),
    phone: text('+1 415 555 0777'),
    mobile: text('+1 415 555 0778'),
    address: merged(
      'address',
      closedObject(Object.fromEntries(ADDRESS_KEYS.map((key) => [key, TEXT]))),
      { city: 'Oakland', postalCode: '94601' },
      ['Oakland', null, { town: 'Oakland' }, { city: null }, { city: '' }, { city: 1 }],
    ),
    status: choice('LOCKED', ['ACTIVE', 'LOCKED', 'DELETED'], ['locked', 'GONE', '', null, true]),
    sso: flag(false),
    // Valid only while `sso` is true.
    ssoId: { ...text('new@idp.acme.example'), onlyAlone: true },
    defaultRoleTemplateId: text('bada5500-6666-4f4f-8000-000000000002'),
  },
  clearable: gone('firstName', 'lastName'),
  body: (_before, changed) => Object.fromEntries(Object.entries(changed).map(([field, value]) => [field, value ?? ''])),
  volatile: [],
  bound: ['userName', 'sso', 'ssoId'],
  unknownId: 'a7c1e2d4-0b3f-4f5e-8d6c-ffffffffffff',
  credential: 'MEDIASILO_PASSWORD',
  forbidden: 'forbidden',
  preview: { lastName: 'Roe', address: { city: 'Oakland' } },
  marked: {
    personal: 'phone',
    open: ['company', 'Principal Ltd.'],
    other: 'mobile',
    secret: 'password',
    keys: [credentials.password, basic, plainBasic],
    error: (message) => ({ message }),
  },
  soak: [
    { name: 'company', value: ({ plain }) => plain },
    { name: 'phone', value: ({ personal }) => personal },
    { name: 'mobile', value: ({ personal }) => personal },
    { name: 'status', value: ({ pick }) => pick(['ACTIVE', 'LOCKED']) },
    { name: 'password', value: ({ secret }) => secret },
  ],
};
