import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { originalRecords } from '../../../src/sandbox/vendor.ts';
import { atlassian } from '../../../src/sandbox/vendors/atlassian/api.ts';
import { deepFreeze, type PlainRequest, planFor } from '../../support/pipeline/requests.ts';
import { AWORK, ENTERPRISE, SCIM, USER } from '../../support/pipeline/user-records.ts';

const CORE: JsonObject = {
  schemas: [USER, ENTERPRISE],
  userName: 'jane',
  emails: [{ value: 'j@a.example', primary: true }],
  active: false,
  unknown: { deep: [1, { a: 9007199254740993n }] },
};

const bodies: readonly [string, string, JsonObject, PlainRequest, JsonObject][] = [
  [
    'merge: the field and the echo',
    'atomicwork',
    { timezone: 'X', has_reporters: true, title: 'a' },
    { set: { title: 'b' } },
    { timezone: 'X', has_reporters: true, title: 'b' },
  ],
  [
    'merge: no echo of an absent field',
    'atomicwork',
    { has_reporters: false },
    { set: { title: 'b' } },
    { has_reporters: false, title: 'b' },
  ],
  [
    'merge: a target value replaces its echo',
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
  ['merge: "" clears', 'mediasilo', { firstName: 'J', lastName: 'D' }, { clear: ['firstName'] }, { firstName: '' }],
  [
    'merge: an object is sent whole',
    'mediasilo',
    { address: { city: 'A', country: 'B' } },
    { set: { address: { city: 'C' } } },
    { address: { city: 'C', country: 'B' } },
  ],
  [
    'merge: a key of an object is removed',
    'dayzero',
    { props: { a: 1, b: 2 } },
    { clear: ['props.a'] },
    { props: { b: 2 } },
  ],
  [
    'merge: removing the last key leaves an empty object',
    'dayzero',
    { props: { a: 1 } },
    { clear: ['props.a'] },
    { props: {} },
  ],
  [
    'replace, fields: all seven, as read',
    'awork',
    { ...AWORK, id: 'x', tags: [1] },
    { set: { position: 'CEO' } },
    { ...AWORK, position: 'CEO' },
  ],
  ['replace, fields: null clears', 'awork', AWORK, { clear: ['title'] }, { ...AWORK, title: null }],
  [
    'replace, fields: absent is null',
    'awork',
    { firstName: 'J' },
    { set: { position: 'CEO' } },
    { firstName: 'J', lastName: null, birthDate: null, gender: null, title: null, position: 'CEO', language: null },
  ],
  [
    'replace, record: everything but what the service manages',
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
    'replace, record: omitting clears, in both places',
    'atlassian',
    SCIM,
    { clear: ['department'] },
    { ...CORE, [ENTERPRISE]: { costCenter: 7 } },
  ],
];

describe('the body', () => {
  it.each(bodies)('%s', (_name, id, record, request, body) => {
    expect(planFor(id, deepFreeze(record), request).body).toEqual(body);
  });

  it.each(originalRecords(atlassian))(
    'of an update of one field repeats the rest of the record of %s',
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
    ['an unknown URN too', [USER, 'urn:x', ENTERPRISE, BADGE], [USER, 'urn:x', ENTERPRISE, BADGE]],
  ])('list it and every extension in the body, if %s was read', (_name, schemas, sent) => {
    const withheld = { 'urn:scim:schemas:extension:atlassian-external:1.0': { atlassianAccountId: '7' } };
    const record: JsonObject = { ...SCIM, [BADGE]: { n: 1 }, 'urn:plain': 'x', ...withheld };
    if (schemas === undefined) delete record['schemas'];
    else record['schemas'] = schemas;
    expect(planFor('atlassian', deepFreeze(record), { set: { title: 'CEO' } }).body['schemas']).toEqual(sent);
  });
});
