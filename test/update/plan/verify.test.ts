import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { verify } from '../../../src/update/plan/verify.ts';
import { type PlainRequest, planFor, providerOf } from '../../support/pipeline/requests.ts';

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

function readBack(id: string, before: JsonObject, request: PlainRequest, after: JsonObject) {
  return verify(providerOf(id), planFor(id, before, request), before, after);
}

const nothing = { seen: [], old: [], other: [], writeOnly: [], unreadable: [], collateral: [], moved: [] };
const ceo = { set: { position: 'CEO' } };

const cases: readonly [string, string, JsonObject, PlainRequest, JsonObject, object][] = [
  ['the new value', 'awork', JANE, ceo, { ...JANE, position: 'CEO', updatedOn: 'b' }, { seen: ['position'] }],
  ['the old value', 'awork', JANE, ceo, JANE, { old: ['position'] }],
  ['a third value', 'awork', JANE, ceo, { ...JANE, position: 'CTO' }, { other: ['position'] }],
  [
    'absent',
    'awork',
    JANE,
    ceo,
    { id: '1', firstName: 'Jane', lastName: 'Doe', birthDate: '1988-04-19' },
    { other: ['position'] },
  ],
  ['absent as before', 'atomicwork', { id: 1 }, { set: { slack_id: 'U1' } }, { id: 1 }, { unreadable: ['slack_id'] }],
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
  ['cleared, as null', 'awork', JANE, { clear: ['position'] }, { ...JANE, position: null }, { seen: ['position'] }],
  ['cleared, as ""', 'awork', JANE, { clear: ['position'] }, { ...JANE, position: '' }, { seen: ['position'] }],
  [
    'the same instant in another form',
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
    'the old address, if only its case was to change',
    'mediasilo',
    { email: 'jane@a.example' },
    { set: { email: 'Jane@A.example' } },
    { email: 'jane@a.example' },
    { old: ['email'] },
  ],
  [
    'a text in lower case that is not an address',
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
    'entries that match in one order only',
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
  it.each(cases)('that reads back as %s', (_name, id, before, request, after, verdict) => {
    expect(readBack(id, before, request, after)).toEqual({ ...nothing, ...verdict });
  });

  it('with the new value in one of its two places only is not seen', () => {
    const after = { ...SCIM, department: 'New' };
    expect(readBack('atlassian', SCIM, { set: { department: 'New' } }, after).seen).toEqual([]);
  });
});

it('a field planned in its second place only, and unchanged there, reads back as the old value', () => {
  const before = { ...SCIM, department: 'New' };
  expect(readBack('atlassian', before, { set: { department: 'New' } }, before)).toMatchObject({ old: ['department'] });
});
