import { describe, expect, it } from 'vitest';
import type { JsonRecord, JsonValue } from '../../../src/sandbox/index.ts';
import { BADGE, CORE, ENTERPRISE } from '../../../src/sandbox/vendors/scim/schemas.ts';
import { useDirectory } from '../../support/scim/directory.ts';

/** RFC 7644 section 3.5.2, against the stand-in. */

const at = useDirectory();
const read = async () => (await at.get(`/Users/${at.jane}`)).body;

/** What the operations change in Jane's record. */
async function changesOf(...operations: JsonRecord[]): Promise<JsonRecord> {
  const before = await read();
  const { status, body, text } = await at.patch(at.jane, operations);
  expect(status, text).toBe(200);
  expect(await read()).toEqual(body);
  const keys = new Set([...Object.keys(before), ...Object.keys(body)]);
  keys.delete('meta');
  const moved = [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(body[key]));
  return Object.fromEntries(moved.map((key) => [key, body[key] ?? null]));
}

async function refusalOf(...operations: JsonValue[]): Promise<unknown[]> {
  const before = await at.get(`/Users/${at.jane}`);
  const { status, body } = await at.patch(at.jane, operations);
  expect((await at.get(`/Users/${at.jane}`)).text).toBe(before.text);
  return [status, body['scimType']];
}

const work = { value: 'jane.doe@acme.example', type: 'work', primary: true };
const home = { value: 'jane@mail.example', type: 'home', primary: false };

describe('what operations do', () => {
  it.each<[string, JsonRecord[], JsonRecord]>([
    ['a text', [{ op: 'replace', path: 'title', value: 'Lead' }], { title: 'Lead' }],
    ['names without case', [{ op: 'replace', path: 'TITLE', value: 'Lead' }], { title: 'Lead' }],
    ['the URN of the core schema', [{ op: 'replace', path: `${CORE}:title`, value: 'Lead' }], { title: 'Lead' }],
    ['without a path', [{ op: 'replace', value: { title: 'Lead', locale: 'de' } }], { title: 'Lead', locale: 'de' }],
    ['remove', [{ op: 'remove', path: 'title' }], { title: null }],
    [
      'several, in their order',
      [
        { op: 'replace', path: 'title', value: 'A' },
        { op: 'replace', path: 'title', value: 'B' },
      ],
      { title: 'B' },
    ],
    ['a whole list', [{ op: 'replace', path: 'emails', value: [home] }], { emails: [home] }],
    [
      'an entry that is added',
      [{ op: 'add', path: 'emails', value: [{ value: 'x@acme.example', type: 'other' }] }],
      { emails: [work, home, { value: 'x@acme.example', type: 'other' }] },
    ],
    ['an entry that is there already', [{ op: 'add', path: 'emails', value: [home] }], {}],
    [
      'an entry that becomes primary',
      [{ op: 'add', path: 'emails', value: { value: 'x@acme.example', primary: true } }],
      { emails: [{ ...work, primary: false }, home, { value: 'x@acme.example', primary: true }] },
    ],
    [
      'a sub-attribute of an entry',
      [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'x@acme.example' }],
      { emails: [{ ...work, value: 'x@acme.example' }, home] },
    ],
    [
      'a compound filter',
      [{ op: 'replace', path: 'emails[type eq "work" and primary eq true].value', value: 'x@acme.example' }],
      { emails: [{ ...work, value: 'x@acme.example' }, home] },
    ],
    [
      'not, or and groups',
      [{ op: 'remove', path: 'emails[not (type eq "work") and (value co "mail" or value sw "zzz")]' }],
      { emails: [work] },
    ],
    ['the last entry that is removed', [{ op: 'remove', path: 'roles[value eq "editor"]' }], { roles: null }],
    [
      'primary by path',
      [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
  ])('%s', async (_, operations, expected) => {
    expect(await changesOf(...operations)).toEqual(expected);
  });

  it('merges a complex value', async () => {
    const { name } = await read();
    expect(await changesOf({ op: 'replace', path: 'name', value: { givenName: 'Janet' } })).toEqual({
      name: { ...(name as JsonRecord), givenName: 'Janet' },
    });
    const { givenName: _, ...rest } = (await read())['name'] as JsonRecord;
    expect(await changesOf({ op: 'remove', path: 'name.givenName' })).toEqual({ name: rest });
  });

  it('keeps an extension listed as long as it holds anything', async () => {
    const extension = (await read())[ENTERPRISE] as JsonRecord;
    const path = `${ENTERPRISE}:department`;
    expect(await changesOf({ op: 'replace', path: path.toLowerCase(), value: 'X' })).toEqual({
      [ENTERPRISE]: { ...extension, department: 'X' },
    });
    expect(await changesOf({ op: 'remove', path: ENTERPRISE })).toEqual({
      [ENTERPRISE]: null,
      schemas: [CORE, BADGE],
    });
    expect(await changesOf({ op: 'add', path: `${ENTERPRISE}:manager.value`, value: '7' })).toEqual({
      [ENTERPRISE]: { manager: { value: '7' } },
      schemas: [CORE, BADGE, ENTERPRISE],
    });
  });

  it('takes a password and never shows it', async () => {
    expect(await changesOf({ op: 'replace', path: 'password', value: 'new one' })).toEqual({});
    expect(at.vendor.users.get(at.jane)?.['password']).toBe('new one');
  });
});

describe('what is refused, with all operations of the request', () => {
  it.each<[string, JsonValue, string]>([
    ['no op', { path: 'title', value: 'x' }, 'invalidSyntax'],
    ['an op in capitals', { op: 'Replace', path: 'title', value: 'x' }, 'invalidSyntax'],
    ['an unknown member', { op: 'remove', path: 'title', values: [] }, 'invalidSyntax'],
    ['remove without a path', { op: 'remove' }, 'noTarget'],
    ['remove with a value', { op: 'remove', path: 'title', value: 'x' }, 'invalidSyntax'],
    ['no value', { op: 'replace', path: 'title' }, 'invalidValue'],
    ['null', { op: 'replace', path: 'title', value: null }, 'invalidValue'],
    ['a text without a path', { op: 'replace', value: 'x' }, 'invalidValue'],
    ['an unknown attribute', { op: 'replace', path: 'titel', value: 'x' }, 'invalidPath'],
    ['an unknown sub-attribute', { op: 'replace', path: 'name.first', value: 'x' }, 'invalidPath'],
    ['an extension’s attribute without its URN', { op: 'replace', path: 'department', value: 'x' }, 'invalidPath'],
    ['a URN of no schema', { op: 'replace', path: 'urn:x:y:department', value: 'x' }, 'invalidPath'],
    ['an index', { op: 'replace', path: 'emails[0].value', value: 'x@acme.example' }, 'invalidFilter'],
    ['a filter on one value', { op: 'replace', path: 'name[givenName eq "x"]', value: {} }, 'invalidPath'],
    ['a filter that matches nothing', { op: 'replace', path: 'emails[type eq "fax"].value', value: 'x' }, 'noTarget'],
    ['a read-only attribute', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    [
      'a read-only sub-attribute',
      { op: 'replace', path: `${ENTERPRISE}:manager.displayName`, value: 'x' },
      'mutability',
    ],
    ['a required attribute', { op: 'remove', path: 'userName' }, 'mutability'],
    ['an immutable attribute', { op: 'replace', path: `${BADGE}:colour`, value: 'red' }, 'mutability'],
    ['the wrong type', { op: 'replace', path: 'active', value: 'false' }, 'invalidValue'],
    ['a number for a text', { op: 'replace', path: 'title', value: 7 }, 'invalidValue'],
    ['an invalid address', { op: 'add', path: 'emails', value: [{ value: 'nobody' }] }, 'invalidValue'],
    [
      'two primary values',
      {
        op: 'replace',
        path: 'emails',
        value: [{ ...work }, { ...home, primary: true }],
      },
      'invalidValue',
    ],
  ])('%s', async (_, operation, scimType) => {
    const fine = { op: 'replace', path: 'nickName', value: 'never stored' };
    expect(await refusalOf(fine, operation)).toEqual([400, scimType]);
  });

  it('a body of another shape', async () => {
    const path = `/Users/${at.jane}`;
    const fine = [{ op: 'remove', path: 'title' }];
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    for (const body of [
      { Operations: fine },
      { schemas: [...schemas, CORE], Operations: fine },
      { schemas, Operations: [] },
      { schemas, op: 'remove', path: 'title' },
      [],
    ]) {
      expect((await at.send('PATCH', path, body)).body['scimType']).toBe('invalidSyntax');
    }
    expect((await read())['title']).toBe('Product Manager');
  });

  it('a user name that someone else has', async () => {
    const { status, body } = await at.patch(at.jane, [{ op: 'replace', path: 'userName', value: 'JSMITH' }]);
    expect([status, body['scimType']]).toEqual([409, 'uniqueness']);
  });
});
