import { dotnetTicks } from '../../clock.ts';
import type { JsonRecord } from '../../json.ts';
import { idOf, type Person, type PersonKey, people } from '../../people.ts';

const updatedOn = '2026-02-01T08:30:00.123Z';

const extras: Partial<Record<PersonKey, JsonRecord>> = {
  jane: { title: 'Ms', gender: 'female', birthDate: '1988-04-19T00:00:00Z', hasImage: true },
  // Empty strings and null are how the vendor reads back what somebody emptied.
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
    // In no document: an attribute the vendor may add any day.
    workingTimeModel: { hoursPerWeek: 32, since: '2025-01-01' },
  },
};

/** The people of the awork workspace, by user id. */
export function aworkPeople(): Array<[string, JsonRecord]> {
  return people.map((person, index) => [person.ids.awork, structuredClone(toRecord(person, index))]);
}

function toRecord(person: Person, index: number): JsonRecord {
  return {
    firstName: person.first,
    lastName: person.last,
    birthDate: `198${index}-05-17T00:00:00Z`,
    gender: 'unspecified',
    title: 'Mx',
    position: person.job,
    language: person.language,
    id: person.ids.awork,
    status: { invitationAccepted: true, isDeactivated: false },
    createdOn: '2024-01-15T09:00:00Z',
    createdBy: idOf('awork', 'alex'),
    updatedOn,
    updatedBy: idOf('awork', 'alex'),
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
