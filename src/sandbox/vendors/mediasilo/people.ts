import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import { credentials } from './credentials.ts';

const ADMINISTRATOR = 'c0ffee00-5555-4e4e-8000-000000000001';
const MEMBER = 'c0ffee00-5555-4e4e-8000-000000000002';

const ids = numberedIds((nth) => `a7c1e2d4-0b3f-4f5e-8d6c-9b8a7f6e000${nth}`);

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: {
    mobile: '+1 415 555 0199',
    address: {
      address1: '123 Market St',
      address2: 'Suite 400',
      city: 'San Francisco',
      province: 'CA',
      postalCode: '94103',
      country: 'USA',
    },
    sso: true,
    ssoId: 'jane.doe@idp.acme.example',
  },
  misaki: { userName: 'misaki.tanaka' },
  max: { status: 'LOCKED' },
  priya: {
    sso: true,
    ssoId: 'priya.natarajan@idp.acme.example',
    tags: ['leadership', 'reviewer'],
    // The name people see, which a write to firstName may not change: https://docs.shift.io/reference/getall_6-1
    shiftProfile: { firstName: 'Priya', lastName: 'N.', title: 'VP Product', company: 'Acme Inc.' },
  },
  alex: { password: credentials.password, roles: [{ id: ADMINISTRATOR, name: 'ADMINISTRATOR' }] },
};

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  return {
    id: ids[person.key],
    numericId: 220_100 + index,
    defaultRoleTemplateId: 'bada5500-6666-4f4f-8000-000000000001',
    userName: person.email,
    // Stored, never shown.
    password: `Held-by-MediaSilo-${index}!`,
    firstName: person.first,
    lastName: person.last,
    company: 'Acme Inc.',
    email: person.email,
    phone: person.phone,
    mobile: '',
    address: { address1: `${100 + index} Market St`, city: 'San Francisco', country: 'USA' },
    accountId: 'acc0acc0-7777-4a4a-8000-000000000001',
    status: 'ACTIVE',
    sso: false,
    roles: [{ id: MEMBER, name: 'USER' }],
    tags: [],
    ...extras[person.key],
  };
}
