import { isObject, type JsonRecord } from '../../json.ts';
import {
  asObject,
  choice,
  type FieldSample,
  flag,
  gone,
  INT64,
  int64,
  merged,
  TEXT,
  text,
  type VendorSamples,
} from '../../samples.ts';
import { credentials } from './credentials.ts';
import { identitiesOf } from './identities.ts';

const NOT_LISTS = ['x', null, 1, {}];
/** Attributes that the vendor derives, or keeps beside the user. */
const NOT_SENT = [
  ...['locale_id', 'iana_time_zone', 'role_type', 'restricted_agent'],
  ...['shared_phone_number', 'organization_ids', 'identities'],
];

const derives = (sample: FieldSample, derived: (before: JsonRecord) => JsonRecord): FieldSample => ({
  ...sample,
  changes: (before) => ({ ...sample.changes?.(before), ...derived(before) }),
});

/** https://developer.zendesk.com/api-reference/ticketing/users/users/#update-user */
export const samples: VendorSamples = {
  headers: {
    Authorization: `Basic ${Buffer.from(`${credentials.email}/token:${credentials.token}`).toString('base64')}`,
  },
  userPath: '/api/v2/users/',
  wrapper: 'user',
  fields: {
    agent_brand_ids: {
      listed: { type: 'array', items: INT64 },
      valid: [8_119_246_973_691],
      invalid: [...NOT_LISTS, [1.5], ['x'], [null]],
    },
    alias: text('Janet from Acme'),
    custom_role_id: int64('custom_role_id', 360_000_112_244),
    default_group_id: int64('default_group_id', 360_000_445_577),
    details: text('Broadway 1, Oakland'),
    external_id: text('hr-2001'),
    locale: derives(text('de'), () => ({ locale: 'de', locale_id: 8 })),
    moderator: flag(false),
    name: { listed: TEXT, valid: 'Janet Doe', invalid: ['', 1, true, {}, ['x'], null] },
    notes: text('Knows the new billing system'),
    only_private_comments: flag(true),
    organization_id: derives(int64('organization_id', '9007199254740999'), () => ({
      organization_ids: [9_007_199_254_740_999n],
    })),
    remote_photo_url: {
      listed: { type: 'string', description: 'URL' },
      valid: 'https://photos.acme.example/new.png',
      invalid: ['photo.png', 'javascript:alert(1)', 'file:///etc/passwd', '', null, 1],
    },
    role: derives(choice('admin', ['end-user', 'agent', 'admin'], ['owner', 'Admin', '', null, 1]), () => ({
      ...{ role: 'admin', role_type: 4, restricted_agent: false },
    })),
    signature: text('Best, Janet'),
    suspended: flag(true),
    tags: { listed: { type: 'array', items: TEXT }, valid: ['lab', 'vip'], invalid: [...NOT_LISTS, [1], ['']] },
    ticket_restriction: choice(
      'organization',
      ['organization', 'groups', 'assigned', 'requested'],
      ['none', '', null, 1],
    ),
    time_zone: derives(text('Copenhagen'), () => ({
      ...{ time_zone: 'Copenhagen', iana_time_zone: 'Europe/Copenhagen' },
    })),
    verified: derives(flag(false), (before) => ({
      verified: false,
      identities: identitiesOf(before).map((each) => (each['primary'] === true ? { ...each, verified: false } : each)),
    })),
    // With a number of their own, the new one would go beside it.
    phone: {
      ...derives(text('+14155550177'), (before) => ({
        phone: '+14155550177',
        shared_phone_number: false,
        identities: [...identitiesOf(before), secondIdentity('phone_number', '+14155550177')],
      })),
      held: { phone: null, shared_phone_number: null },
      onlyAlone: true,
    },
    user_fields: merged('user_fields', { type: 'object' }, { membership_level: 'gold', ledger_row: 5 }, [
      ...['x', [], null, 1],
      { membership_level: null },
      { membership_level: '' },
    ]),
  },
  clearable: {
    ...gone('alias', 'details', 'external_id', 'notes', 'signature', 'ticket_restriction'),
    organization_id: () => ({ organization_id: null, organization_ids: [] }),
    tags: () => ({ tags: [] }),
    ...Object.fromEntries(
      ['membership_level', 'newsletter', 'shirt_sizes'].map((key) => [
        `user_fields.${key}`,
        ({ user_fields: fields }) => ({ user_fields: { ...asObject(fields), [key]: null } }),
      ]),
    ),
  },
  body(before, changed) {
    const sent = Object.entries(changed).filter(([name]) => !NOT_SENT.includes(name));
    return {
      user: Object.fromEntries(
        sent.map(([name, value]) => [name, isObject(value) ? difference(asObject(before[name]), value) : value]),
      ),
    };
  },
  volatile: ['updated_at'],
  outlives: ['organization_ids'],
  unknownId: '36101899999',
  credential: 'ZENDESK_TOKEN',
  forbidden: 'forbidden',
  exact: { set: { organization_id: '9007199254740995' }, digits: ['9007199254740995'] },
  preview: { alias: 'J', user_fields: { membership_level: 'gold' } },
  marked: {
    personal: 'alias',
    open: ['time_zone', 'Berlin'],
    other: 'notes',
    keys: [credentials.token],
    error: (description) => ({ error: 'RecordInvalid', description }),
  },
  soak: [
    {
      name: 'user_fields',
      value: ({ pick, personal }) => ({ [pick(['membership_level', 'newsletter'])]: personal }),
      free: true,
    },
    { name: 'alias', value: ({ personal }) => personal },
    { name: 'details', value: ({ personal }) => personal },
    { name: 'moderator', value: (values) => values.flag() },
    { name: 'suspended', value: (values) => values.flag() },
  ],
};

function secondIdentity(type: string, value: string): JsonRecord {
  return { id: 366_000_001_001, type, value, verified: true, primary: false };
}

/** The members that change; one that goes is null. */
function difference(before: JsonRecord, after: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
}
