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
import { ENTERPRISE, EXTERNAL } from './people.ts';

const NAME_PARTS = ['formatted', 'familyName', 'givenName', 'middleName', 'honorificPrefix', 'honorificSuffix'];
const newEmails = [{ value: 'jane.new@acme.example', type: 'work', primary: true }];
const newPhones = [{ value: '+1 415 555 0777', type: 'work', primary: true }, { value: '+1 415 555 0778' }];

const listOf = (value: object) => ({
  type: 'array',
  items: closedObject({ value, type: TEXT, primary: FLAG }, ['value']),
});

/** A field that the enterprise extension repeats. */
const inStep = (field: string, valid: string): FieldSample => ({
  ...text(valid),
  changes: (before) => ({ [field]: valid, [ENTERPRISE]: { ...asObject(before[ENTERPRISE]), [field]: valid } }),
});

const goneInStep = (field: string): VendorSamples['clearable'] => ({
  [field]: (before) => ({ [field]: null, [ENTERPRISE]: without(asObject(before[ENTERPRISE]), field) }),
});

/** https://developer.atlassian.com/cloud/admin/user-provisioning/rest/api-group-users/ */
export const samples: VendorSamples = {
  headers: { Authorization: `Bearer ${credentials.token}` },
  userPath: `/scim/directory/${credentials.directoryId}/Users/`,
  fields: {
    userName: text('janet.doe'),
    emails: {
      listed: listOf(EMAIL),
      valid: newEmails,
      invalid: [
        [],
        null,
        'jane.new@acme.example',
        [{ value: 'jane.new@acme.example' }],
        [{ value: 'jane.new@acme.example', primary: false }],
        [newEmails[0], { value: 'two@acme.example', primary: true }],
        [{ value: 'nobody', primary: true }],
        [{ ...newEmails[0], display: 'Jane' }],
      ],
    },
    active: flag(false),
    externalId: text('00uNEW'),
    name: merged(
      'name',
      closedObject(Object.fromEntries(NAME_PARTS.map((part) => [part, TEXT]))),
      { givenName: 'Janet', formatted: 'Janet Doe' },
      ['Janet Doe', null, { first: 'Janet' }, { givenName: null }, { givenName: '' }],
    ),
    displayName: text('Janet Doe'),
    nickName: text('Jay'),
    title: text('Staff Engineer'),
    preferredLanguage: text('de-DE'),
    timezone: { ...text('Europe/Berlin'), invalid: ['Mars/Olympus', 'Berlin', '', null, 1] },
    department: inStep('department', 'Platform'),
    organization: inStep('organization', 'Acme GmbH'),
    phoneNumbers: {
      listed: listOf(TEXT),
      valid: newPhones,
      invalid: [
        [],
        null,
        '+1',
        [{ value: '' }],
        [{ type: 'work' }],
        newPhones.map((phone) => ({ ...phone, primary: true })),
      ],
    },
  },
  clearable: {
    ...gone('externalId', 'name', 'displayName', 'nickName', 'title', 'preferredLanguage', 'timezone'),
    ...goneInStep('department'),
    ...goneInStep('organization'),
    ...gone('phoneNumbers'),
    ...keysGone('name', NAME_PARTS),
  },
  body: (before, changed) => withoutNull(without({ ...before, ...changed }, 'id', 'meta', 'groups', EXTERNAL)),
  volatile: ['meta'],
  bound: ['userName', 'emails'],
  unknownId: '3f2c9d7e-1a44-4f6b-9c1e-ffffffffffff',
  credential: 'ATLASSIAN_SCIM_TOKEN',
  forbidden: 'forbidden',
  exact: { set: { title: 'x' }, digits: ['9223372036854775807'] },
  preview: { title: 'Head', name: { familyName: 'Roe' } },
  marked: {
    personal: 'nickName',
    open: ['title', 'Principal'],
    other: 'externalId',
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

function withoutNull(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
