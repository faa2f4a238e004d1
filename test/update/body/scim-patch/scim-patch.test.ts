import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../src/lib/json/json-value.ts';
import { toUserRecord } from '../../../../src/providers/interpret/record-shape.ts';
import { CORE, ENTERPRISE } from '../../../../src/providers/scim/resource.ts';
import type { ScimSettings } from '../../../../src/providers/scim/settings.ts';
import { createPlan } from '../../../../src/update/plan/plan.ts';
import { withKnownNames } from '../../../../src/upstream/known-names.ts';
import { deepFreeze, type PlainRequest, requestFor } from '../../../support/pipeline/requests.ts';
import { scimPatching } from '../../../support/scim/patching.ts';

const BADGE = 'urn:acme:params:scim:schemas:extension:badge:2.0:User';
const FIELD = { type: 'text', sensitivity: 'public', effect: 'ordinary', clear: 'omit' } as const;

const work = { value: 'jane@acme.example', type: 'work', primary: true };
const home = { value: 'jane@mail.example', type: 'home' };
const RECORD: JsonObject = {
  schemas: [CORE, ENTERPRISE],
  id: '1',
  userName: 'jane',
  title: 'Manager',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [work, home],
  [ENTERPRISE]: { department: 'Product' },
  locker: { number: 17 },
};

/** The message for a change of this record. */
function messageFor(request: PlainRequest, record: JsonObject = RECORD, keys: Partial<ScimSettings> = {}): JsonObject {
  const provider = scimPatching(keys);
  const current = { record: toUserRecord(provider, withKnownNames(provider, deepFreeze(record))) };
  return createPlan(provider, requestFor(request), current, new Set()).body;
}

const operationsFor = (...args: Parameters<typeof messageFor>): Json | undefined => messageFor(...args)['Operations'];
const emailsTo = (emails: JsonObject[], before: JsonObject[] = [work, home]) =>
  operationsFor({ set: { emails } }, { ...RECORD, emails: before });

it('is a PatchOp message and nothing else', () => {
  expect(messageFor({ set: { title: 'CEO' } })).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'title', value: 'CEO' }],
  });
});

it('has one operation for each leaf that moves: what is the same is not sent', () => {
  const set = { title: 'Manager', nickName: 'JD', name: { givenName: 'Janet', familyName: 'Doe', middleName: 'A' } };
  expect(operationsFor({ set, clear: ['department'] })).toEqual([
    { op: 'add', path: 'nickName', value: 'JD' },
    { op: 'replace', path: 'name.givenName', value: 'Janet' },
    { op: 'add', path: 'name.middleName', value: 'A' },
    { op: 'remove', path: `${ENTERPRISE}:department` },
  ]);
});

it('names an attribute of an extension by its URN and a colon, however the service spells both', () => {
  const extensions = { [BADGE]: { number: FIELD } };
  const spelled = BADGE.toUpperCase();
  const set = { number: 'B-18' };
  expect(operationsFor({ set }, RECORD, { extensions })).toEqual([
    { op: 'add', path: `${BADGE}:number`, value: 'B-18' },
  ]);
  expect(operationsFor({ set }, { ...RECORD, [spelled]: { Number: 'B-17' } }, { extensions })).toEqual([
    { op: 'replace', path: `${BADGE}:number`, value: 'B-18' },
  ]);
});

describe('an entry of a list', () => {
  it('is named by its type where that is unique', () => {
    expect(emailsTo([work, { ...home, value: 'janet@mail.example' }])).toEqual([
      { op: 'replace', path: 'emails[type eq "home"].value', value: 'janet@mail.example' },
    ]);
  });

  it('is named by its value where another has the type, in any case', () => {
    const other = { value: 'jane@old.example', type: 'HOME' };
    expect(emailsTo([work, home], [work, home, other])).toEqual([
      { op: 'remove', path: 'emails[value eq "jane@old.example"]' },
    ]);
  });

  it('is named by its value where it has no type', () => {
    const bare = { value: 'jane@old.example' };
    expect(emailsTo([work, { ...bare, type: 'other' }], [work, bare])).toEqual([
      { op: 'add', path: 'emails[value eq "jane@old.example"].type', value: 'other' },
    ]);
  });

  it('is not named where neither is unique: the list goes', () => {
    const twins = [{ ...home }, { ...home, primary: true }];
    expect(emailsTo([home, work], [...twins, work])).toEqual([{ op: 'replace', path: 'emails', value: [home, work] }]);
  });

  it('keeps quotes and backslashes inside the text of the filter', () => {
    const odd = { value: 'jane@odd.example', type: 'a" or value pr or type eq "\\' };
    expect(emailsTo([work], [work, odd])).toEqual([
      { op: 'remove', path: String.raw`emails[type eq "a\" or value pr or type eq \"\\"]` },
    ]);
  });

  it('that is new is added alone', () => {
    const added = { value: 'jane@new.example', type: 'other' };
    expect(emailsTo([work, home, added])).toEqual([{ op: 'add', path: 'emails', value: [added] }]);
  });

  it('goes with only the sub-attributes that differ', () => {
    expect(
      emailsTo([
        { value: work.value, type: 'work' },
        { ...home, primary: true },
      ]),
    ).toEqual([
      { op: 'remove', path: 'emails[type eq "work"].primary' },
      { op: 'add', path: 'emails[type eq "home"].primary', value: true },
    ]);
  });
});

describe('in the style of objects', () => {
  const objects = { patchStyle: 'object' } as const;

  it('sends complex values whole, and a path only with remove', () => {
    const request = { set: { nickName: 'JD', name: { givenName: 'Janet' }, department: 'Board' }, clear: ['title'] };
    expect(operationsFor(request, RECORD, objects)).toEqual([
      { op: 'remove', path: 'title' },
      {
        op: 'replace',
        value: { name: { givenName: 'Janet', familyName: 'Doe' }, [ENTERPRISE]: { department: 'Board' } },
      },
      { op: 'add', value: { nickName: 'JD' } },
    ]);
  });

  it('sends a list whole', () => {
    expect(operationsFor({ set: { emails: [home] } }, RECORD, objects)).toEqual([
      { op: 'replace', value: { emails: [home] } },
    ]);
  });
});

describe('maxOperations', () => {
  const set = { title: 'CEO', nickName: 'J', locale: 'de-DE' };

  it('takes as many as it says, and refuses one more with both numbers', () => {
    expect(operationsFor({ set }, RECORD, { maxOperations: 3 })).toHaveLength(3);
    expect(() => messageFor({ set }, RECORD, { maxOperations: 2 })).toThrow(/takes 3 operations, and .* at most 2/);
  });

  it('counts what is sent, not what changes', () => {
    const keys = { maxOperations: 2, patchStyle: 'object' } as const;
    expect(operationsFor({ set }, RECORD, keys)).toHaveLength(2);
    const alongside = { maxOperations: 3, alwaysSend: ['userName'] };
    expect(() => messageFor({ set }, RECORD, alongside)).toThrow(/takes 4 operations/);
  });
});
