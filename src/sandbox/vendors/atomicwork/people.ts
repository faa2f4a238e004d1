import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

/** What `objectRefs` shows for ids of departments, teams, legal entities and roles; some ids lie beyond 2^53. */
export const referenceNames: Readonly<Record<string, string>> = {
  '9007199254740995': 'Product',
  '12': 'Engineering',
  '13': 'Design',
  '14': 'Sales',
  '15': 'Finance',
  '16': 'Support',
  '17': 'IT',
  '9007199254740997': 'Team One',
  '5': 'Core',
  '3': 'Acme Inc.',
  '41': 'Requester',
  '42': 'Agent',
  '9007199254741001': 'Org Admin',
};

const departments: Record<string, number | bigint> = {
  Product: 9_007_199_254_740_995n,
  Engineering: 12,
  Design: 13,
  Sales: 14,
  Finance: 15,
  Support: 16,
  IT: 17,
};

/** User ids. Priya's is 2^53 + 1, the first integer that a double rounds. */
const ids = { ...numberedIds((nth) => String(10_016 + nth)), priya: '9007199254740993' };

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    middle_name: 'A.',
    personal_email: 'jane.doe.personal@mail.example',
    team: 9_007_199_254_740_997n,
    manager: 9_007_199_254_740_993n,
    has_reporters: true,
    org_roles: [41, 9_007_199_254_741_001n],
    terminated_on: '2031-12-31',
    slack_id: 'U02JANE01',
    azure_id: 'b0f3c2aa-0001-4f0e-9a11-0c5d1e2f0001',
    custom_fields: { cost_center: 'CC-4711', shirt_size: 'M', desk: { floor: 3, seat: 'B12' } },
  },
  max: { is_deleted: true, employment_status: 'Terminated', terminated_on: '2026-03-31', notification_enabled: false },
  priya: {
    middle_name: 'K.',
    team: 9_007_199_254_740_997n,
    has_reporters: true,
    manager: 10024,
    custom_fields: { cost_center: 'CC-4700', badge_number: 9_223_372_036_854_775_807n },
    // Undocumented: attributes of this tenant.
    probation_ends_on: null,
    work_pattern: { days: ['MON', 'TUE', 'WED', 'THU'], hours: 32 },
  },
};

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  const id = BigInt(ids[person.key]);
  return {
    id: id > Number.MAX_SAFE_INTEGER ? id : Number(id),
    type: 'EMPLOYEE',
    invitation_status: 'ACCEPTED',
    email: person.email,
    first_name: person.first,
    middle_name: '',
    last_name: person.last,
    personal_email: `${person.email.split('@')[0]}@mail.example`,
    timezone: person.timezone,
    language: person.language.slice(0, 2),
    state: 'California',
    city: 'San Francisco',
    country: 'USA',
    address: `${100 + index} Market St, San Francisco, CA 94103`,
    department: departments[person.department] ?? 17,
    team: 5,
    level: 'Senior',
    title: person.job,
    originally_hired: `201${index}-03-04`,
    joined_on: `201${index}-04-01`,
    terminated_on: null,
    employee_id: `E-${1001 + index}`,
    date_of_birth: `198${index}-05-17`,
    phone_number: person.phone,
    gender: 'Not disclosed',
    hr: 10024,
    manager: 9_007_199_254_740_993n,
    company_legal_entity: 3,
    employment_status: 'Active',
    slack_id: `U02SBX${index}`,
    azure_id: `b0f3c2aa-0001-4f0e-9a11-0c5d1e2f000${index + 1}`,
    external_id: `okta|00u${index}acme`,
    external_app_type: 'OKTA',
    org_roles: [41],
    // Stored, never shown.
    password: `Held-by-Atomicwork-${index}!`,
    profile_image: 880_000 + index,
    custom_fields: {},
    is_deleted: false,
    has_reporters: false,
    notification_enabled: true,
    created_at: '2024-01-15T09:00:00.000Z',
    updated_at: '2026-02-01T08:30:00.000Z',
    ...extras[person.key],
  };
}
