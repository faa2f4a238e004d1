import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import { originalRecords } from '../../../src/sandbox/vendor.ts';
import { atlassian } from '../../../src/sandbox/vendors/atlassian/api.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import { deepFreeze, planFor, providerOf, requestFor, type Wanted } from '../../support/requests.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const AWORK = {
  firstName: 'Jane',
  lastName: 'Doe',
  birthDate: null,
  gender: '',
  title: 'Dr',
  position: 'PM',
  language: 'en',
};
const SCIM: JsonObject = {
  schemas: [USER, ENTERPRISE],
  id: '1',
  userName: 'jane',
  emails: [{ value: 'j@a.example', primary: true }],
  active: false,
  department: 'Old',
  [ENTERPRISE]: { department: 'Old', costCenter: 7 },
  groups: [{ value: 'g' }],
  meta: { lastModified: '2026' },
  unknown: { deep: [1, { a: 9007199254740993n }] },
};
const CORE: JsonObject = {
  schemas: [USER, ENTERPRISE],
  userName: 'jane',
  emails: [{ value: 'j@a.example', primary: true }],
  active: false,
  unknown: { deep: [1, { a: 9007199254740993n }] },
};

const bodies: readonly [string, string, JsonObject, Wanted, JsonObject][] = [
  [
    'merge: the field and the echo',
    'atomicwork',
    { timezone: 'X', has_reporters: true, title: 'a' },
    { set: { title: 'b' } },
    { timezone: 'X', has_reporters: true, title: 'b' },
  ],
  [
    'merge: no echo of what is absent',
    'atomicwork',
    { has_reporters: false },
    { set: { title: 'b' } },
    { has_reporters: false, title: 'b' },
  ],
  [
    'merge: a wanted value beats its echo',
    'atomicwork',
    { timezone: 'X' },
    { set: { timezone: 'Y' } },
    { timezone: 'Y' },
  ],
  [
    'merge: only what differs',
    'atomicwork',
    { title: 'a', level: 'b' },
    { set: { title: 'a', level: 'c' } },
    { level: 'c' },
  ],
  ['merge: "" empties', 'mediasilo', { firstName: 'J', lastName: 'D' }, { clear: ['firstName'] }, { firstName: '' }],
  [
    'merge: an object goes whole',
    'mediasilo',
    { address: { city: 'A', country: 'B' } },
    { set: { address: { city: 'C' } } },
    { address: { city: 'C', country: 'B' } },
  ],
  ['merge: a key of an object goes', 'dayzero', { props: { a: 1, b: 2 } }, { clear: ['props.a'] }, { props: { b: 2 } }],
  ['merge: the last key leaves an object', 'dayzero', { props: { a: 1 } }, { clear: ['props.a'] }, { props: {} }],
  [
    'replace, fields: all seven, as read',
    'awork',
    { ...AWORK, id: 'x', tags: [1] },
    { set: { position: 'CEO' } },
    { ...AWORK, position: 'CEO' },
  ],
  ['replace, fields: null empties', 'awork', AWORK, { clear: ['title'] }, { ...AWORK, title: null }],
  [
    'replace, fields: absent is null',
    'awork',
    { firstName: 'J' },
    { set: { position: 'CEO' } },
    { firstName: 'J', lastName: null, birthDate: null, gender: null, title: null, position: 'CEO', language: null },
  ],
  [
    'replace, record: everything but what the service keeps',
    'atlassian',
    SCIM,
    { set: { title: 'T' } },
    { ...CORE, department: 'Old', [ENTERPRISE]: { department: 'Old', costCenter: 7 }, title: 'T' },
  ],
  [
    'replace, record: both places',
    'atlassian',
    SCIM,
    { set: { department: 'New' } },
    { ...CORE, department: 'New', [ENTERPRISE]: { department: 'New', costCenter: 7 } },
  ],
  [
    'replace, record: leaving out empties, in both places',
    'atlassian',
    SCIM,
    { clear: ['department'] },
    { ...CORE, [ENTERPRISE]: { costCenter: 7 } },
  ],
];

describe('the body', () => {
  it.each(bodies)('%s', (_name, id, record, wanted, body) => {
    expect(planFor(id, deepFreeze(record), wanted).body).toEqual(body);
  });

  it.each(originalRecords(atlassian))(
    'of an update that touches nothing else repeats the record of %s',
    (_id, record) => {
      const { body } = planFor('atlassian', record, { set: { nickName: 'N' } });
      const {
        id: _,
        meta: __,
        groups: ___,
        'urn:scim:schemas:extension:atlassian-external:1.0': ____,
        ...kept
      } = record;
      expect(body).toEqual({ ...kept, nickName: 'N' });
    },
  );
});

describe('the schemas of a SCIM resource', () => {
  const BADGE = 'urn:acme:badge';

  it.each([
    ['none', undefined, [USER, ENTERPRISE, BADGE]],
    ['null', null, [USER, ENTERPRISE, BADGE]],
    ['an empty list', [], [USER, ENTERPRISE, BADGE]],
    ['only the resource', [USER], [USER, ENTERPRISE, BADGE]],
    ['only an extension', [BADGE], [BADGE, USER, ENTERPRISE]],
    ['more than is known', [USER, 'urn:x', ENTERPRISE, BADGE], [USER, 'urn:x', ENTERPRISE, BADGE]],
  ])('name it and every extension that goes out, where %s was read', (_name, schemas, sent) => {
    const withheld = { 'urn:scim:schemas:extension:atlassian-external:1.0': { atlassianAccountId: '7' } };
    const record: JsonObject = { ...SCIM, [BADGE]: { n: 1 }, 'urn:plain': 'x', ...withheld };
    if (schemas === undefined) delete record['schemas'];
    else record['schemas'] = schemas;
    expect(planFor('atlassian', deepFreeze(record), { set: { title: 'CEO' } }).body['schemas']).toEqual(sent);
  });
});

describe('the changes', () => {
  it('are the wanted fields that differ, with both values', () => {
    const { changes } = planFor('awork', AWORK, {
      set: { title: 'Dr', position: 'CEO' },
      clear: ['gender', 'language'],
    });
    expect(changes.map(({ field, before, after, cleared }) => ({ field, before, after, cleared }))).toEqual([
      { field: 'position', before: 'PM', after: 'CEO', cleared: false },
      { field: 'language', before: 'en', after: undefined, cleared: true },
    ]);
  });

  it('are none where everything is as wanted', () => {
    expect(planFor('awork', AWORK, { set: { title: 'Dr' }, clear: ['gender', 'birthDate'] }).changes).toEqual([]);
  });

  it('are there for a value that cannot be read, even if it may be the same', () => {
    expect(planFor('mediasilo', { password: 'x' }, { set: { password: 'x' } }).changes).toHaveLength(1);
  });

  it('leave out what a rule strips, also from body and expectation', () => {
    const plan = planFor('awork', AWORK, { set: { title: 'X', position: 'CEO' } }, ['title']);
    expect(plan.changes.map(({ field }) => field)).toEqual(['position']);
    expect(plan.body).toMatchObject({ title: 'Dr', position: 'CEO' });
    expect(plan.expected).toMatchObject({ title: 'Dr', position: 'CEO' });
  });

  it('name a merged object once, however many of its keys move', () => {
    const wanted = { set: { props: { a: 1 } }, clear: ['props.b', 'props.c'] };
    expect(planFor('dayzero', { props: { b: 1, c: 2 } }, wanted).changes).toHaveLength(1);
  });
});

describe('a key of a merged object', () => {
  const props = { nested: { a: 1, b: { c: 2 } }, 'nested.b': 2, 'x*\\y': { z: 1 } };

  it.each([
    ['a key', ['props.nested'], { 'nested.b': 2, 'x*\\y': { z: 1 } }],
    ['a key with a dot in it', ['props.nested\\.b'], { nested: props.nested, 'x*\\y': { z: 1 } }],
    ['a key deep inside', ['props.nested.b.c'], { ...props, nested: { a: 1, b: {} } }],
    ['several of one object', ['props.nested.a', 'props.nested.b'], { ...props, nested: {} }],
    ['behind a star and a backslash', ['props.x\\*\\\\y.z'], { ...props, 'x*\\y': {} }],
    ['one that is not there', ['props.other', 'props.other.a', 'props.nested.a.b', 'props.x.y'], undefined],
    ['one that is not there, where nothing is', ['props.nested.a'], undefined, {}],
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
    'is not set over what is no object: %s %s %j',
    (id, field, held, words) => {
      const record = { ...SCIM, [field]: held };
      expect(() => planFor(id, record, { set: { [field]: { city: 'x' } } })).toThrow(`${field}: ${words}`);
      expect(() => planFor(id, record, { clear: [`${field}.city`] })).toThrow(
        expect.objectContaining({
          code: 'upstream_rejected',
          facts: { next: expect.stringContaining('corrected at') },
        }),
      );
      expect(planFor(id, { ...SCIM, [field]: [] }, { set: { [field]: { city: 'x' } } }).changes).toHaveLength(1);
    },
  );

  it('leaves a field that is no object to be cleared as a whole', () => {
    expect(planFor('atlassian', { ...SCIM, name: 'Jane' }, { clear: ['name'] }).changes).toHaveLength(1);
  });
});

describe('the expectation', () => {
  it('is the whole record as it should read afterwards', () => {
    const { expected } = planFor('atlassian', deepFreeze(SCIM), { set: { department: 'New' } });
    expect(expected).toEqual({ ...SCIM, department: 'New', [ENTERPRISE]: { department: 'New', costCenter: 7 } });
  });

  it('holds an extension that the change brings', () => {
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

it('falls back to the entity tag for a version', () => {
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

describe('the vendor’s own rules', () => {
  it.each([
    ['atlassian', { ...SCIM, emails: [] }, { set: { title: 'x' } }, /^emails: /],
    ['atlassian', { ...SCIM, userName: '' }, { set: { title: 'x' } }, /^userName: /],
    ['mediasilo', { sso: false }, { set: { ssoId: 'x' } }, /^set\.ssoId: /],
    ['mediasilo', { userName: 'Jane' }, { set: { password: 'x1JANE!' } }, /^set\.password: /],
  ] as readonly [string, JsonObject, Wanted, RegExp][])('%s: of %o refuse %o', (id, record, wanted, message) => {
    expect(() => planFor(id, record, wanted)).toThrow(message);
  });

  it('are no obstacle to a change that changes nothing', () => {
    expect(planFor('atlassian', { ...SCIM, emails: [] }, { set: { department: 'Old' } }).changes).toEqual([]);
  });

  it('are all named at once', () => {
    const record = { ...SCIM, emails: [], userName: '' };
    expect(() => planFor('atlassian', record, { set: { title: 'x' } })).toThrow(/emails: .*\n.*userName: /s);
  });
});

it('refuses a field the provider does not have', () => {
  expect(() => planFor('awork', AWORK, { set: { constructor: 'x' } })).toThrow();
  expect(() => planFor('awork', AWORK, { set: { email: 'x' } })).toThrow(/email/);
});
