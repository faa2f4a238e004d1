import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import { deepFreeze, type PlainRequest, planFor, providerOf, requestFor } from '../../support/pipeline/requests.ts';
import { AWORK, ENTERPRISE, SCIM, USER } from '../../support/pipeline/user-records.ts';

describe('planned changes', () => {
  it('are the requested fields that differ, with both values', () => {
    const { changes } = planFor('awork', AWORK, {
      set: { title: 'Dr', position: 'CEO' },
      clear: ['gender', 'language'],
    });
    expect(changes.map(({ field, before, after, cleared }) => ({ field, before, after, cleared }))).toEqual([
      { field: 'position', before: 'PM', after: 'CEO', cleared: false },
      { field: 'language', before: 'en', after: undefined, cleared: true },
    ]);
  });

  it('are none if every field has its target value', () => {
    expect(planFor('awork', AWORK, { set: { title: 'Dr' }, clear: ['gender', 'birthDate'] }).changes).toEqual([]);
  });

  it('include a write-only field, which may have the same value already', () => {
    expect(planFor('mediasilo', { password: 'x' }, { set: { password: 'x' } }).changes).toHaveLength(1);
  });

  it('omit what a rule strips, also from the body and the expected record', () => {
    const plan = planFor('awork', AWORK, { set: { title: 'X', position: 'CEO' } }, ['title']);
    expect(plan.changes.map(({ field }) => field)).toEqual(['position']);
    expect(plan.body).toMatchObject({ title: 'Dr', position: 'CEO' });
    expect(plan.expected).toMatchObject({ title: 'Dr', position: 'CEO' });
  });

  it('include a merged object once, however many of its keys change', () => {
    const request = { set: { props: { a: 1 } }, clear: ['props.b', 'props.c'] };
    expect(planFor('dayzero', { props: { b: 1, c: 2 } }, request).changes).toHaveLength(1);
  });
});

describe('a key of a merged object', () => {
  const props = { nested: { a: 1, b: { c: 2 } }, 'nested.b': 2, 'x*\\y': { z: 1 } };

  it.each([
    ['a key', ['props.nested'], { 'nested.b': 2, 'x*\\y': { z: 1 } }],
    ['a key with a dot in it', ['props.nested\\.b'], { nested: props.nested, 'x*\\y': { z: 1 } }],
    ['a nested key', ['props.nested.b.c'], { ...props, nested: { a: 1, b: {} } }],
    ['two keys of one object', ['props.nested.a', 'props.nested.b'], { ...props, nested: {} }],
    ['below a key with a star and a backslash', ['props.x\\*\\\\y.z'], { ...props, 'x*\\y': {} }],
    ['absent keys', ['props.other', 'props.other.a', 'props.nested.a.b', 'props.x.y'], undefined],
    ['an absent key of an absent object', ['props.nested.a'], undefined, {}],
  ] as readonly [string, string[], JsonObject | undefined, JsonObject?][])(
    'is cleared at any depth: %s',
    (_name, clear, after, record = { props }) => {
      expect(planFor('dayzero', record, { clear }).changes.map((change) => change.after)).toEqual(after ? [after] : []);
    },
  );

  it('with a dot in it is named by its escape if the path does not exist', () => {
    expect(() => planFor('dayzero', { props: { 'a.b': 1 } }, { clear: ['props.a.b'] })).toThrow(
      'clear: props.a.b: is not in the user record; the key with a dot in it is written props.a\\.b',
    );
  });

  it.each([
    ['dayzero', 'props', [{ a: 1 }], 'DayZero shows a list where an object was expected'],
    ['atomicwork', 'custom_fields', 'x', 'Atomicwork shows a string where an object was expected'],
    ['mediasilo', 'address', 7, 'MediaSilo shows a number where an object was expected'],
    ['atlassian', 'name', 'Jane', 'Atlassian shows a string where an object was expected'],
  ] as readonly [string, string, Json, string][])(
    'does not overwrite a value that is not an object: %s %s %j',
    (id, field, held, message) => {
      const record = { ...SCIM, [field]: held };
      expect(() => planFor(id, record, { set: { [field]: { city: 'x' } } })).toThrow(`${field}: ${message}`);
      expect(() => planFor(id, record, { clear: [`${field}.city`] })).toThrow(
        expect.objectContaining({
          code: 'upstream_rejected',
          facts: { next: expect.stringContaining('corrected at') },
        }),
      );
      expect(planFor(id, { ...SCIM, [field]: [] }, { set: { [field]: { city: 'x' } } }).changes).toHaveLength(1);
    },
  );

  it('does not keep a field that is not an object from being cleared', () => {
    expect(planFor('atlassian', { ...SCIM, name: 'Jane' }, { clear: ['name'] }).changes).toHaveLength(1);
  });
});

describe('the expected record', () => {
  it('is the whole user record after the update', () => {
    const { expected } = planFor('atlassian', deepFreeze(SCIM), { set: { department: 'New' } });
    expect(expected).toEqual({ ...SCIM, department: 'New', [ENTERPRISE]: { department: 'New', costCenter: 7 } });
  });

  it('includes an extension that the change adds', () => {
    const { [ENTERPRISE]: _, ...bare } = SCIM;
    const record = { ...bare, schemas: [USER] };
    const { expected, body } = planFor('atlassian', deepFreeze(record), { set: { department: 'New' } });
    expect(expected).toMatchObject({ [ENTERPRISE]: { department: 'New' } });
    expect(body['schemas']).toEqual([USER, ENTERPRISE]);
  });
});

it.each([
  ['awork', { ...AWORK, resourceVersion: 639076314001230001n, updatedOn: '2026' }, '639076314001230001'],
  ['awork', { ...AWORK, updatedOn: '2026' }, '2026'],
  ['awork', { ...AWORK, resourceVersion: null, updatedOn: '2026' }, '2026'],
  ['atlassian', { ...SCIM, meta: { version: 'W/"1"', lastModified: '2026' } }, 'W/"1"'],
  ['atlassian', SCIM, '2026'],
  ['dayzero', { updated_at: 't' }, 't'],
  ['mediasilo', {}, undefined],
] as readonly [string, JsonObject, string | undefined][])('%s: the version of %o is %s', (id, record, version) => {
  expect(planFor(id, record, {}).version).toBe(version);
});

it('uses the entity tag if the record has no version', () => {
  const plan = createPlan(providerOf('mediasilo'), requestFor({}), { record: {}, etag: '"7"' }, new Set());
  expect(plan.version).toBe('"7"');
});

it.each([
  ['atlassian', { displayName: 'Jane Doe', name: { formatted: 'X' } }, 'Jane Doe'],
  ['atlassian', { name: { formatted: 'Ms. Jane Doe' } }, 'Ms. Jane Doe'],
  ['atlassian', { displayName: '  ', name: { givenName: 'Jane', familyName: 'Doe' } }, 'Jane Doe'],
  ['atlassian', { name: { givenName: 'Jane' } }, 'Jane'],
  ['awork', { firstName: '', lastName: 'Doe' }, 'Doe'],
  ['awork', { firstName: null, lastName: 7 }, '1'],
  ['dayzero', { first_name: 'Jane', last_name: 'Doe' }, 'Jane Doe'],
  ['mediasilo', { lastName: ' Doe ' }, 'Doe'],
] as readonly [string, JsonObject, string][])('%s: the label of %o is %s', (id, record, label) => {
  const named = id === 'atlassian' ? { ...SCIM, ...record } : record;
  expect(planFor(id, named, {}).label).toBe(label);
});

describe('the rules of a vendor', () => {
  it.each([
    ['atlassian', { ...SCIM, emails: [] }, { set: { title: 'x' } }, /^emails: /],
    ['atlassian', { ...SCIM, userName: '' }, { set: { title: 'x' } }, /^userName: /],
    ['mediasilo', { sso: false }, { set: { ssoId: 'x' } }, /^set\.ssoId: /],
    ['mediasilo', { userName: 'Jane' }, { set: { password: 'x1JANE!' } }, /^set\.password: /],
  ] as readonly [string, JsonObject, PlainRequest, RegExp][])(
    '%s: for %o they refuse %o',
    (id, record, request, message) => {
      expect(() => planFor(id, record, request)).toThrow(message);
    },
  );

  it('do not apply to a request that changes nothing', () => {
    expect(planFor('atlassian', { ...SCIM, emails: [] }, { set: { department: 'Old' } }).changes).toEqual([]);
  });

  it('are all reported at once', () => {
    const record = { ...SCIM, emails: [], userName: '' };
    expect(() => planFor('atlassian', record, { set: { title: 'x' } })).toThrow(/emails: .*\n.*userName: /s);
  });
});

it('refuses a field the provider does not have', () => {
  expect(() => planFor('awork', AWORK, { set: { constructor: 'x' } })).toThrow();
  expect(() => planFor('awork', AWORK, { set: { email: 'x' } })).toThrow(/email/);
});
