import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import { credentials } from './credentials.ts';
import { LOCALES, TIME_ZONES, USER_FIELDS, withDerived } from './values.ts';

/** Integers: https://developer.zendesk.com/api-reference/introduction/data-types/ */
const ids = { ...numberedIds((nth) => `36101800123${nth}`), priya: '9007199254740993' };

/** Jane is an agent with an own role, and two of the people share a telephone. */
const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    role: 'agent',
    custom_role_id: 360_000_112_233,
    default_group_id: 360_000_445_566,
    alias: 'Jane from Acme',
    details: 'Market St 1, San Francisco',
    notes: 'Knows the billing system',
    signature: 'Best, Jane',
    tags: ['vip', 'product'],
    moderator: true,
    ticket_restriction: 'groups',
    only_private_comments: false,
    phone: '+14155550100',
    shared_phone_number: true,
    organization_ids: [360_000_057_542, 360_000_057_543],
    agent_brand_ids: [8_119_246_973_690],
    remote_photo_url: 'https://photos.acme.example/1.png',
    user_fields: {
      membership_level: 'silver',
      membership_expires: '2027-07-23T00:00:00Z',
      newsletter: true,
      ledger_row: 4711,
      shirt_sizes: ['m', 'l'],
    },
  },
  alex: { role: 'admin', ticket_restriction: null, phone: '+14155550100', shared_phone_number: true },
  priya: {
    user_fields: { ...emptyFields(), membership_level: 'gold', ledger_row: 9_007_199_254_740_995n },
    // Undocumented: an attribute that the vendor may add any day.
    abuse_score: { value: 9_223_372_036_854_775_807n, seen: [1, null] },
  },
};

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  const id = BigInt(ids[person.key]);
  const locale = Object.keys(LOCALES).find((tag) => tag === person.language || tag === person.language.split('-')[0]);
  const zone = Object.keys(TIME_ZONES).find((name) => TIME_ZONES[name] === person.timezone);
  const created = '2024-01-15T09:00:00Z';
  return withDerived({
    id: Number.isSafeInteger(Number(id)) ? Number(id) : id,
    url: `https://${credentials.subdomain}.zendesk.com/api/v2/users/${id}`,
    name: `${person.first} ${person.last}`,
    email: person.email,
    created_at: created,
    updated_at: '2026-02-01T08:30:00Z',
    time_zone: zone ?? 'London',
    phone: null,
    shared_phone_number: null,
    photo: null,
    locale: locale ?? 'en-US',
    organization_id: 360_000_057_542,
    role: 'end-user',
    verified: true,
    external_id: `hr-${1001 + index}`,
    tags: [],
    alias: null,
    active: true,
    shared: false,
    shared_agent: false,
    last_login_at: '2026-01-31T17:00:00Z',
    two_factor_auth_enabled: null,
    signature: null,
    details: null,
    notes: null,
    custom_role_id: null,
    moderator: false,
    ticket_restriction: 'requested',
    only_private_comments: false,
    suspended: !person.active,
    default_group_id: null,
    report_csv: false,
    user_fields: emptyFields(),
    organization_ids: [360_000_057_542],
    identities: [
      {
        id: 366_000_000_001 + index,
        type: 'email',
        value: person.email,
        verified: true,
        primary: true,
        created_at: created,
      },
    ],
    ...extras[person.key],
  });
}

function emptyFields(): JsonRecord {
  return Object.fromEntries(USER_FIELDS.map((key) => [key, null]));
}
