import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { verify } from '../../../src/update/plan/verify.ts';
import { planFor, providerOf, type Wanted } from '../../support/requests.ts';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const JANE = {
  id: '1',
  firstName: 'Jane',
  lastName: 'Doe',
  position: 'PM',
  birthDate: '1988-04-19T00:00:00Z',
  updatedOn: 'a',
};
const SCIM: JsonObject = {
  id: '1',
  userName: 'jane',
  active: true,
  emails: [{ value: 'j@a.example', primary: true }],
  department: 'Old',
  [ENTERPRISE]: { department: 'Old' },
  groups: ['g'],
  meta: { lastModified: 'a' },
};

function seenAfter(id: string, before: JsonObject, wanted: Wanted, after: JsonObject) {
  return verify(providerOf(id), planFor(id, before, wanted), before, after);
}

const nothing = { seen: [], old: [], other: [], writeOnly: [], unreadable: [], collateral: [], moved: [] };
const ceo = { set: { position: 'CEO' } };

const standings: readonly [string, string, JsonObject, Wanted, JsonObject, object][] = [
  ['the new value', 'awork', JANE, ceo, { ...JANE, position: 'CEO', updatedOn: 'b' }, { seen: ['position'] }],
  ['the old value', 'awork', JANE, ceo, JANE, { old: ['position'] }],
  ['a third value', 'awork', JANE, ceo, { ...JANE, position: 'CTO' }, { other: ['position'] }],
  [
    'the field gone',
    'awork',
    JANE,
    ceo,
    { id: '1', firstName: 'Jane', lastName: 'Doe', birthDate: '1988-04-19' },
    { other: ['position'] },
  ],
  [
    'a field never shown',
    'atomicwork',
    { id: 1 },
    { set: { slack_id: 'U1' } },
    { id: 1 },
    { unreadable: ['slack_id'] },
  ],
  [
    'a field that stays null',
    'atomicwork',
    { slack_id: null },
    { set: { slack_id: 'U1' } },
    { slack_id: null },
    { old: ['slack_id'] },
  ],
  [
    'a secret',
    'mediasilo',
    { id: '1' },
    { set: { password: 'Brand-New-55' } },
    { id: '1' },
    { writeOnly: ['password'] },
  ],
  [
    'empty where it was cleared, as null',
    'awork',
    JANE,
    { clear: ['position'] },
    { ...JANE, position: null },
    { seen: ['position'] },
  ],
  [
    'empty where it was cleared, as ""',
    'awork',
    JANE,
    { clear: ['position'] },
    { ...JANE, position: '' },
    { seen: ['position'] },
  ],
  [
    'the same instant in other words',
    'awork',
    JANE,
    { set: { birthDate: '1990-01-31T00:00:00Z' } },
    { ...JANE, birthDate: '1990-01-31' },
    { seen: ['birthDate'] },
  ],
  [
    'a reference as an object',
    'atomicwork',
    { manager: 5 },
    { set: { manager: 6 } },
    { manager: { id: 6, name: 'X' } },
    { seen: ['manager'] },
  ],
  [
    'both places',
    'atlassian',
    SCIM,
    { set: { department: 'New' } },
    { ...SCIM, department: 'New', [ENTERPRISE]: { department: 'New' } },
    { seen: ['department'] },
  ],
  [
    'an e-mail address in lower case',
    'mediasilo',
    { email: 'j@a.example' },
    { set: { email: 'Jane@A.example' } },
    { email: 'jane@a.example' },
    { seen: ['email'] },
  ],
  [
    'the old address where only its case was to change',
    'mediasilo',
    { email: 'jane@a.example' },
    { set: { email: 'Jane@A.example' } },
    { email: 'jane@a.example' },
    { old: ['email'] },
  ],
  [
    'another word in lower case',
    'mediasilo',
    { company: 'x' },
    { set: { company: 'Acme' } },
    { company: 'acme' },
    { other: ['company'] },
  ],
  [
    'entries with more sub-attributes than were sent',
    'atlassian',
    SCIM,
    {
      set: {
        emails: [
          { value: 'J@b.example', primary: true },
          { value: 'h@b.example', primary: false },
        ],
      },
    },
    {
      ...SCIM,
      emails: [
        { value: 'h@b.example', type: 'home', display: 'H' },
        { value: 'j@b.example', type: 'work', primary: true },
      ],
    },
    { seen: ['emails'] },
  ],
  [
    'one entry more than was sent',
    'atlassian',
    SCIM,
    { set: { emails: [{ value: 'j@b.example', primary: true }] } },
    { ...SCIM, emails: [{ value: 'j@b.example', primary: true }, { value: 'k@b.example' }] },
    { other: ['emails'] },
  ],
  [
    'another sub-attribute than was sent',
    'atlassian',
    SCIM,
    { set: { emails: [{ value: 'j@b.example', type: 'work', primary: true }] } },
    { ...SCIM, emails: [{ value: 'j@b.example', type: 'home', primary: true, display: 'J' }] },
    { other: ['emails'] },
  ],
  [
    'entries that fit in one way only',
    'atlassian',
    SCIM,
    { set: { phoneNumbers: [{ value: '1' }, { value: '1', type: 'work' }] } },
    {
      ...SCIM,
      phoneNumbers: [
        { value: '1', type: 'work', x: 1 },
        { value: '1', type: 'home' },
      ],
    },
    { seen: ['phoneNumbers'] },
  ],
  [
    'two fields, one of them old',
    'awork',
    JANE,
    { set: { position: 'CEO', lastName: 'Roe' } },
    { ...JANE, position: 'CEO' },
    { seen: ['position'], old: ['lastName'] },
  ],
];

describe('a planned field', () => {
  it.each(standings)('that reads back as %s', (_name, id, before, wanted, after, verdict) => {
    expect(seenAfter(id, before, wanted, after)).toEqual({ ...nothing, ...verdict });
  });

  it('with one of its two places left behind is not seen', () => {
    const after = { ...SCIM, department: 'New' };
    expect(seenAfter('atlassian', SCIM, { set: { department: 'New' } }, after).seen).toEqual([]);
  });
});

it('that moves in its second place only, and did not, reads back as the old one', () => {
  const before = { ...SCIM, department: 'New' };
  expect(seenAfter('atlassian', before, { set: { department: 'New' } }, before)).toMatchObject({ old: ['department'] });
});

describe('collateral', () => {
  const after = (more: JsonObject) => ({ ...JANE, position: 'CEO', ...more });
  const collateral = (more: JsonObject) => seenAfter('awork', JANE, ceo, after(more)).collateral;

  it.each([
    ['a field nobody asked for', { lastName: 'Roe' }, { field: 'lastName', before: 'Doe', after: 'Roe' }],
    ['an attribute that appears', { mfa: true }, { field: 'mfa', before: undefined, after: true }],
    ['a read-only attribute', { id: '2' }, { field: 'id', before: '1', after: '2' }],
    ['a field that is emptied', { lastName: '' }, { field: 'lastName', before: 'Doe', after: '' }],
    ['names of Object', { constructor: 'x' }, { field: 'constructor', after: 'x' }],
  ])('is %s', (_name, more, found) => {
    const [only, ...others] = collateral(more);
    expect(only).toMatchObject(found.field === 'constructor' ? { field: 'constructor', after: 'x' } : found);
    expect(others).toEqual([]);
  });

  it('is an attribute that vanishes', () => {
    const { lastName: _, ...rest } = after({});
    expect(seenAfter('awork', JANE, ceo, rest).collateral).toEqual([
      { field: 'lastName', before: 'Doe', after: undefined },
    ]);
  });

  it.each([
    ['what moves by itself', { updatedOn: 'b', resourceVersion: 7n, updatedBy: 'x' }],
    ['an empty attribute that appears', { gender: '', tags: [], teams: null }],
    ['the same instant in other words', { birthDate: '1988-04-19T00:00:00.000Z' }],
  ])('is not %s', (_name, more) => {
    expect(collateral(more)).toEqual([]);
  });

  it('is not a secret, which nobody can see', () => {
    expect(
      seenAfter('mediasilo', { id: '1' }, { set: { company: 'x' } }, { id: '1', company: 'x', password: 'y' }),
    ).toEqual({ ...nothing, seen: ['company'] });
  });

  it('is a key of an extension that moved beside the planned one', () => {
    const moved = { ...SCIM, department: 'New', [ENTERPRISE]: { department: 'New', costCenter: 1 } };
    const found = seenAfter('atlassian', SCIM, { set: { department: 'New' } }, moved).collateral;
    expect(found.map(({ field }) => field)).toEqual([ENTERPRISE]);
  });

  it('is not another order of groups, which can only be read', () => {
    const groups = [{ value: 'a', display: 'A' }, { value: 'b' }];
    const before = { ...SCIM, groups };
    const moved = { ...before, title: 'x', groups: groups.toReversed() };
    expect(seenAfter('atlassian', before, { set: { title: 'x' } }, moved).collateral).toEqual([]);
    const renamed = { ...moved, groups: [{ value: 'b' }, { value: 'a', display: 'B' }] };
    expect(seenAfter('atlassian', before, { set: { title: 'x' } }, renamed).collateral).toHaveLength(1);
  });

  it('is another order of what nobody declared', () => {
    const before = { ...SCIM, badges: [1, 2] };
    const found = seenAfter('atlassian', before, { set: { title: 'x' } }, { ...before, title: 'x', badges: [2, 1] });
    expect(found.collateral.map(({ field }) => field)).toEqual(['badges']);
  });

  it('is a group that was lost', () => {
    const found = seenAfter('atlassian', SCIM, { set: { title: 'x' } }, { ...SCIM, title: 'x', groups: [] }).collateral;
    expect(found).toEqual([{ field: 'groups', before: ['g'], after: [] }]);
  });
});
