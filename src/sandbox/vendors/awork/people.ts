import { numberedIds, type PersonFacts, type PersonKey } from '../../cast.ts';
import type { VendorPeople } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';

const updatedOn = '2026-02-01T08:30:00.123Z';

const ids = numberedIds((nth) => `6e1f6f0a-52b1-4c3e-8f0d-1b1f3f5a000${nth}`);

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: { title: 'Ms', gender: 'female', birthDate: '1988-04-19T00:00:00Z', hasImage: true },
  // The vendor shows an emptied field as an empty string or null.
  john: { title: '', gender: '', birthDate: null },
  max: {
    isDeactivated: true,
    deactivatedOn: '2026-03-31T16:00:00Z',
    status: { invitationAccepted: true, isDeactivated: true },
  },
  priya: {
    title: 'Dr',
    gender: 'female',
    tags: [{ id: 'c9d3a1b2-1111-4f4e-8a00-000000000001', name: 'leadership', color: 'blue' }],
    isExternal: false,
    // Undocumented: an attribute that the vendor may add any day.
    workingTimeModel: { hoursPerWeek: 32, since: '2025-01-01' },
  },
};

export const people: VendorPeople = { ids, toRecord };

function toRecord(person: PersonFacts, index: number): JsonRecord {
  return {
    firstName: person.first,
    lastName: person.last,
    birthDate: `198${index}-05-17T00:00:00Z`,
    gender: 'unspecified',
    title: 'Mx',
    position: person.job,
    language: person.language,
    id: ids[person.key],
    status: { invitationAccepted: true, isDeactivated: false },
    createdOn: '2024-01-15T09:00:00Z',
    createdBy: ids.alex,
    updatedOn,
    updatedBy: ids.alex,
    isArchived: false,
    isDeactivated: false,
    isAgent: false,
    deactivatedOn: null,
    deletedOn: null,
    hasImage: false,
    shouldMigrateToConnect: false,
    userContactInfos: [
      contact(index, 1, 'email', 'Work', person.email, true),
      contact(index, 2, 'phone', 'Mobile', person.phone, false),
    ],
    resourceVersion: dotnetTicks(Date.parse(updatedOn)) + BigInt(index * 7 + 1),
    tags: [],
    teams: [{ id: 'd4b1f0c2-2222-4c3d-9b00-000000000001', name: person.department, icon: 'group', color: 'teal' }],
    isExternal: false,
    ...extras[person.key],
  };
}

function contact(index: number, nth: number, type: string, label: string, value: string, primary: boolean): JsonRecord {
  return {
    id: `e5f6a7b8-3333-4d4e-8c00-0000000000${index}${nth}`,
    type,
    subType: 'work',
    label,
    value,
    isAccountEmail: type === 'email',
    isPrimary: primary,
  };
}

/** .NET ticks (100 ns since year 1), the unit of `resourceVersion`; always beyond 2^53. */
export function dotnetTicks(milliseconds: number): bigint {
  return (BigInt(milliseconds) + 62_135_596_800_000n) * 10_000n;
}
