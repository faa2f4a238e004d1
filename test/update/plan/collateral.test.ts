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

describe('collateral', () => {
  const after = (more: JsonObject) => ({ ...JANE, position: 'CEO', ...more });
  const collateral = (more: JsonObject) => readBack('awork', JANE, ceo, after(more)).collateral;

  it.each([
    ['a field that was not planned', { lastName: 'Roe' }, { field: 'lastName', before: 'Doe', after: 'Roe' }],
    ['an attribute that appears', { mfa: true }, { field: 'mfa', before: undefined, after: true }],
    ['a read-only attribute', { id: '2' }, { field: 'id', before: '1', after: '2' }],
    ['a field that is cleared', { lastName: '' }, { field: 'lastName', before: 'Doe', after: '' }],
    ['names of Object', { constructor: 'x' }, { field: 'constructor', after: 'x' }],
  ])('is %s', (_name, more, found) => {
    const [only, ...others] = collateral(more);
    expect(only).toMatchObject(found.field === 'constructor' ? { field: 'constructor', after: 'x' } : found);
    expect(others).toEqual([]);
  });

  it('is an attribute that disappears', () => {
    const { lastName: _, ...rest } = after({});
    expect(readBack('awork', JANE, ceo, rest).collateral).toEqual([
      { field: 'lastName', before: 'Doe', after: undefined },
    ]);
  });

  it.each([
    ['a volatile attribute', { updatedOn: 'b', resourceVersion: 7n, updatedBy: 'x' }],
    ['an empty attribute that appears', { gender: '', tags: [], teams: null }],
    ['the same instant in another form', { birthDate: '1988-04-19T00:00:00.000Z' }],
  ])('is not %s', (_name, more) => {
    expect(collateral(more)).toEqual([]);
  });

  it('is not a secret, which cannot be read', () => {
    expect(
      readBack('mediasilo', { id: '1' }, { set: { company: 'x' } }, { id: '1', company: 'x', password: 'y' }),
    ).toEqual({ ...nothing, seen: ['company'] });
  });

  it('is a key of an extension that changed beside the planned one', () => {
    const moved = { ...SCIM, department: 'New', [ENTERPRISE]: { department: 'New', costCenter: 1 } };
    const found = readBack('atlassian', SCIM, { set: { department: 'New' } }, moved).collateral;
    expect(found.map(({ field }) => field)).toEqual([ENTERPRISE]);
  });

  it('is not another order of groups, which are read-only', () => {
    const groups = [{ value: 'a', display: 'A' }, { value: 'b' }];
    const before = { ...SCIM, groups };
    const moved = { ...before, title: 'x', groups: groups.toReversed() };
    expect(readBack('atlassian', before, { set: { title: 'x' } }, moved).collateral).toEqual([]);
    const renamed = { ...moved, groups: [{ value: 'b' }, { value: 'a', display: 'B' }] };
    expect(readBack('atlassian', before, { set: { title: 'x' } }, renamed).collateral).toHaveLength(1);
  });

  it('is another order of an undeclared list', () => {
    const before = { ...SCIM, badges: [1, 2] };
    const found = readBack('atlassian', before, { set: { title: 'x' } }, { ...before, title: 'x', badges: [2, 1] });
    expect(found.collateral.map(({ field }) => field)).toEqual(['badges']);
  });

  it('is a group that was lost', () => {
    const found = readBack('atlassian', SCIM, { set: { title: 'x' } }, { ...SCIM, title: 'x', groups: [] }).collateral;
    expect(found).toEqual([{ field: 'groups', before: ['g'], after: [] }]);
  });
});
