import type { JsonRecord } from '../../json.ts';
import {
  asObject,
  closedObject,
  EMAIL,
  type FieldSample,
  FLAG,
  flag,
  gone,
  keysGone,
  merged,
  TEXT,
  text,
  type VendorSamples,
  without,
} from '../../samples.ts';
import { credentials } from './credentials.ts';
import { ENTERPRISE } from './schemas.ts';

const NAME_PARTS = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];
const ADDRESS = Object.fromEntries(
  ['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country', 'type'].map((part) => [part, TEXT]),
);
const PLACES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map((name) => [
      name,
      [ENTERPRISE, name],
    ]),
  ),
  manager: [ENTERPRISE, 'manager', 'value'],
};
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const listOf = (value: object) => ({
  type: 'array',
  items: closedObject({ value, type: TEXT, primary: FLAG }, ['value']),
});
const twoPrimary = (one: JsonRecord, other: JsonRecord) => [
  { ...one, primary: true },
  { ...other, primary: true },
];

/** A list whose every entry is another one. */
const list = (value: object, valid: JsonRecord[], more: readonly unknown[]): FieldSample => ({
  listed: listOf(value),
  valid,
  invalid: [[], null, 'x', [{}], [{ value: 7 }], twoPrimary({ value: 'a' }, { value: 'b' }), ...more],
});

/** RFC 7643 sections 4.1 and 4.3. */
export const samples: VendorSamples = {
  headers: { Authorization: `Bearer ${credentials.token}` },
  userPath: '/Users/',
  method: 'PATCH',
  contentType: 'application/scim+json',
  place: (field) => PLACES[field] ?? [field],
  fields: {
    userName: text('janet.doe'),
    externalId: text('ext-new'),
    active: flag(false),
    name: merged(
      'name',
      closedObject(Object.fromEntries(NAME_PARTS.map((part) => [part, TEXT]))),
      { givenName: 'Janet', formatted: 'Janet Doe' },
      ['Janet Doe', null, { first: 'Janet' }, { givenName: null }, { givenName: '' }],
    ),
    displayName: text('Janet Doe'),
    nickName: text('Jay'),
    profileUrl: {
      listed: { type: 'string', description: 'URL' },
      valid: 'https://people.acme.example/janet',
      invalid: ['nowhere', 'ftp://x.example', '', null, 7],
    },
    title: text('Staff Engineer'),
    userType: text('Contractor'),
    preferredLanguage: text('de-DE'),
    locale: text('de-DE'),
    timezone: { ...text('Europe/Berlin'), invalid: ['Mars/Olympus', 'Berlin', '', null, 1] },
    emails: list(
      EMAIL,
      [{ value: 'jane.new@acme.example', type: 'other', primary: true }],
      [[{ value: 'nobody' }], [{ value: 'a@acme.example', display: 'A' }]],
    ),
    phoneNumbers: list(TEXT, [{ value: '+1 415 555 0777', type: 'fax', primary: true }], [[{ value: '' }]]),
    addresses: {
      listed: { type: 'array', items: closedObject({ ...ADDRESS, primary: FLAG }) },
      valid: [{ type: 'home', streetAddress: '2 Mission St', locality: 'Oakland', country: 'US' }],
      invalid: [[], null, 'x', [{}], [{ type: 'home' }], [{ city: 'Oakland' }]],
    },
    roles: list(TEXT, [{ value: 'admin', primary: true }], [[{ value: '' }]]),
    entitlements: list(TEXT, [{ value: 'invoices' }], [[{ value: '' }]]),
    password: { ...text('new correct horse'), onlyAlone: true },
    employeeNumber: text('701985'),
    costCenter: text('4131'),
    organization: text('Acme GmbH'),
    division: text('Services'),
    department: text('Platform'),
    manager: text('7c9e6679-7425-40de-944b-e07fc1f90008'),
  },
  clearable: {
    ...gone('externalId', 'name', 'displayName', 'nickName', 'profileUrl', 'title', 'userType'),
    ...gone('preferredLanguage', 'locale', 'timezone', 'emails', 'phoneNumbers', 'addresses', 'roles', 'entitlements'),
    ...gone('employeeNumber', 'costCenter', 'organization', 'division', 'department'),
    // What the directory shows of a manager goes with it.
    manager: (before) => ({ manager: null, [ENTERPRISE]: without(asObject(before[ENTERPRISE]), 'manager') }),
    ...keysGone('name', NAME_PARTS),
  },
  body: (before, changed) => ({ schemas: [PATCH_OP], Operations: operations(before, changed) }),
  volatile: ['meta', 'schemas'],
  bound: ['userName'],
  unknownId: '7c9e6679-7425-40de-944b-ffffffffffff',
  credential: 'SCIM_TOKEN',
  forbidden: 'forbidden',
  preview: { title: 'Head', name: { familyName: 'Roe' } },
  marked: {
    personal: 'nickName',
    open: ['title', 'Principal'],
    other: 'externalId',
    secret: 'password',
    keys: [credentials.token],
    error: (detail) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400', detail }),
  },
  soak: [
    { name: 'preferredLanguage', value: ({ plain }) => plain, free: true },
    { name: 'title', value: ({ plain }) => plain },
    { name: 'nickName', value: ({ personal }) => personal },
    { name: 'externalId', value: ({ personal }) => personal },
    { name: 'active', value: (values) => values.flag() },
  ],
};

/** RFC 7644 section 3.5.2, by hand for the changes above: each attribute, or each of its sub-attributes, that moves. */
function operations(before: JsonRecord, changed: JsonRecord): JsonRecord[] {
  // A request without operations is none.
  if (Object.keys(changed).length === 0)
    return [{ op: 'replace', path: 'userName', value: before['userName'] ?? null }];
  return Object.entries(changed).flatMap(([name, value]) => {
    const held = before[name];
    if (name === 'name' && value !== null) return parts(asObject(held), asObject(value));
    if (name === ENTERPRISE) return [];
    // Without its value a manager is none, and the service derives the rest of it.
    if (name === 'manager') {
      const path = `${ENTERPRISE}:manager`;
      return [value === null ? { op: 'remove', path } : { op: 'replace', path, value: { value } }];
    }
    const path = pathTo(name);
    return [value === null ? { op: 'remove', path } : { op: held === undefined ? 'add' : 'replace', path, value }];
  });
}

function pathTo(name: string): string {
  const [urn = name, ...inner] = PLACES[name] ?? [];
  return inner.length === 0 ? urn : `${urn}:${inner.join('.')}`;
}

function parts(before: JsonRecord, after: JsonRecord): JsonRecord[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): JsonRecord[] => {
    const [old, value] = [before[key], after[key]];
    const path = `name.${key}`;
    if (old === value) return [];
    if (value === undefined) return [{ op: 'remove', path }];
    return [{ op: old === undefined ? 'add' : 'replace', path, value }];
  });
}
