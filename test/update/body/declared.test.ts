import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import type { RecordWrite } from '../../../src/providers/calls.ts';
import type { Field } from '../../../src/providers/field.ts';
import { toUserRecord } from '../../../src/providers/interpret/record-shape.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import { verify } from '../../../src/update/plan/verify.ts';
import { type PlainRequest, requestFor } from '../../support/pipeline/requests.ts';
import { plainField, plainProvider } from '../../support/vendors/plain-provider.ts';

/** Bodies by the keys of a write that no vendor in this repository combines. */

const fields: Record<string, Field> = {
  title: plainField({ at: ['profile', 'title'], clear: 'null' }),
  email: plainField({ at: ['profile', 'email'], derives: [['login'], ['profile', 'mailNick']] }),
  login: plainField({ clear: 'null' }),
  custom: plainField({ at: ['profile'], merge: { clear: 'null' }, clear: 'null' }),
  badge: plainField({ clear: 'null' }),
};
const held: JsonObject = {
  id: '1',
  login: 'jane',
  badge: { color: 'red', size: 1, deep: { a: 1, b: 2 } },
  profile: { title: 'CEO', email: 'jane@acme.example', mailNick: 'jane', team: 'lab', room: '7' },
};

function planOf(write: Partial<RecordWrite>, request: PlainRequest, record = held) {
  const provider = plainProvider({ fields, write: { path: '/', method: 'PATCH', encoding: 'merge', ...write } });
  const plan = createPlan(provider, requestFor(request), { record: toUserRecord(provider, record) }, new Set());
  return { provider, plan, body: plan.body };
}

describe('a merge patch', () => {
  const patch = (request: PlainRequest, more: Partial<RecordWrite> = {}) =>
    planOf({ encoding: 'merge-patch', ...more }, request).body;

  it.each<[string, PlainRequest, JsonObject]>([
    ['a field in an object', { set: { title: 'CTO' } }, { profile: { title: 'CTO' } }],
    ['a cleared field', { clear: ['title'] }, { profile: { title: null } }],
    ['a key of an open set beside fields', { set: { custom: { team: 'ops' } } }, { profile: { team: 'ops' } }],
    ['a cleared key', { clear: ['custom.team'] }, { profile: { team: null } }],
    [
      'all keys of an open set, and nothing of the fields in it',
      { clear: ['custom'] },
      { profile: { mailNick: null, team: null, room: null } },
    ],
    [
      'both',
      { set: { title: 'CTO', custom: { room: '8' } }, clear: ['custom.team'] },
      { profile: { title: 'CTO', room: '8', team: null } },
    ],
    [
      'an object that is replaced',
      { set: { badge: { color: 'blue', deep: { b: 3 } } } },
      { badge: { color: 'blue', size: null, deep: { a: null, b: 3 } } },
    ],
    ['another kind of value', { set: { badge: 'none' } }, { badge: 'none' }],
  ])('names %s', (_what, request, body) => {
    expect(patch(request)).toEqual(body);
  });

  it('cannot write null into an object, and says so', () => {
    expect(() => patch({ set: { badge: { color: null } } })).toThrow('badge.color: a merge patch cannot write null');
    expect(patch({ set: { badge: ['red', null] } })).toEqual({ badge: ['red', null] });
  });

  it('sends along what goes with a field, beside what changes in the same object', () => {
    const echo = { email: { with: ['custom'] } };
    expect(patch({ set: { custom: { team: 'ops' } } }, { echo })).toEqual({
      profile: { email: 'jane@acme.example', team: 'ops' },
    });
    expect(patch({ set: { title: 'CTO' } }, { echo })).toEqual({ profile: { title: 'CTO' } });
  });

  it('of an open set that is cleared is seen when the object is left for the fields in it', () => {
    const { provider, plan } = planOf({ encoding: 'merge-patch' }, { clear: ['custom'] });
    const after = { ...held, profile: { title: 'CEO', email: 'jane@acme.example' } };
    const seen = verify(provider, plan, toUserRecord(provider, held), toUserRecord(provider, after));
    expect(seen).toMatchObject({ old: [], other: [], unreadable: [], collateral: [] });
  });
});

describe('what the vendor derives from a field', () => {
  const replace = { encoding: 'replace', carry: 'record' } as const;
  const withLogin = { ...held, login: 'jane@acme.example' };
  const email = 'jane@corp.example';

  it('is left out of a replacing body when the field changes, and no collateral then', () => {
    const { provider, plan, body } = planOf(replace, { set: { email } }, withLogin);
    expect(body).toEqual({ ...held, login: undefined, profile: { title: 'CEO', email, team: 'lab', room: '7' } });
    const after = { ...held, login: email, profile: { ...(held['profile'] as JsonObject), email, mailNick: 'j' } };
    const seen = verify(provider, plan, toUserRecord(provider, withLogin), toUserRecord(provider, after));
    expect(seen).toMatchObject({ seen: ['email'], other: [], collateral: [] });
  });

  it('is sent when it was asked for itself', () => {
    const { plan, body } = planOf(replace, { set: { email, login: 'jd', custom: { mailNick: 'jd' } } });
    expect(body).toMatchObject({ login: 'jd', profile: { email, mailNick: 'jd' } });
    expect(plan.expected).toMatchObject({ login: 'jd', custom: { mailNick: 'jd' } });
  });

  it('is carried as read when another field changes', () => {
    expect(planOf(replace, { set: { title: 'CTO' } }).body).toMatchObject({
      login: 'jane',
      profile: { mailNick: 'jane' },
    });
    expect(planOf(replace, { set: { email, custom: { team: 'ops' } } }).body['profile']).toEqual({
      title: 'CEO',
      email,
      team: 'ops',
      room: '7',
    });
  });
});

it('a body with pointers carries an object with the fields in it, as they are to be', () => {
  const write = { encoding: 'replace', carry: [['profile'], ['login']] } as const;
  expect(planOf(write, { set: { custom: { team: 'ops' } } }).body).toEqual({
    login: 'jane',
    profile: { ...(held['profile'] as JsonObject), team: 'ops' },
  });
  expect(planOf(write, { clear: ['title'] }).body).toEqual({
    login: 'jane',
    profile: { ...(held['profile'] as JsonObject), title: null },
  });
});
