import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

/** UUID v7: https://www.ondayzero.com/llms-full.txt */
const ids = numberedIds((nth) => `01918f3a-7000-7c11-9a01-3e5d7f9b000${nth}`);

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    props: {
      theme: 'dark',
      newsletter: true,
      approval_limit: 2500,
      dashboard: { widgets: ['cash', 'payables'], columns: 3 },
    },
    role: 'admin',
  },
  john: { photo_url: null, props: {} },
  misaki: { props: { theme: 'light', greeting: 'おはよう' } },
  max: { onboarded: false, props: { offboarded_on: '2026-03-31' }, role: 'viewer' },
  priya: {
    props: { ledger_row: 9_007_199_254_740_993n, approval_limit: 50_000, nested: { a: { b: [1, 2, null] } } },
    role: 'owner',
    // Undocumented: an attribute that the vendor may add any day.
    mfa_enrolled: true,
  },
};

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  return {
    email: person.email,
    first_name: person.first,
    last_name: person.last,
    photo_url: `https://photos.acme.example/${index + 1}.png`,
    onboarded: true,
    props: { theme: 'system' },
    id: ids[person.key],
    created_at: '2024-01-15T09:00:00.000000Z',
    updated_at: '2026-02-01T08:30:00.000000Z',
    firm_ids: ['01918f3a-6d00-7a2b-9c33-4d5e6f7a8b01'],
    role: 'member',
    ...extras[person.key],
  };
}
