import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import { type PlainRequest, providerOf, requestFor } from '../../support/pipeline/requests.ts';
import { plainField, plainProvider } from '../../support/vendors/plain-provider.ts';

const schema = z.array(z.string());

/** A plan at a vendor whose call adds a second photo instead of changing the first, and empties it with a list. */
function planOf(record: JsonObject, request: PlainRequest) {
  const dayzero = providerOf('dayzero');
  const provider: Provider = {
    ...dayzero,
    fields: {
      ...dayzero.fields,
      first_name: { schema, sensitivity: 'public', effect: 'ordinary', clear: 'empty-list' },
    },
    write: { ...dayzero.write, setOnce: ['photo_url'] },
  };
  return createPlan(provider, requestFor(request), { record }, new Set());
}

const photo = { photo_url: 'https://a.example/1.png' };

it.each<[string, JsonObject]>([
  ['no value', {}],
  ['null', { photo_url: null }],
])('a field that is set once can be set where the record has %s', (_, record) => {
  expect(planOf({ id: '1', ...record }, { set: photo }).body).toEqual(photo);
});

it('a field that is set once is refused where the record has a value, whatever else changes', () => {
  const record = { id: '1', photo_url: 'https://a.example/0.png' };
  expect(() => planOf(record, { set: { ...photo, last_name: 'Roe' } })).toThrow(
    'photo_url: there is one already, and DayZero would keep it and add this one beside it',
  );
  expect(planOf(record, { set: { photo_url: 'https://a.example/0.png', last_name: 'Roe' } }).body).toEqual({
    last_name: 'Roe',
  });
});

it('a list is emptied with a list', () => {
  expect(planOf({ id: '1', first_name: ['a'] }, { clear: ['first_name'] }).body).toEqual({ first_name: [] });
});

describe('a field inside an object', () => {
  const provider = plainProvider({
    fields: { title: plainField({ at: ['profile', 'work', 'title'], clear: 'null' }), name: plainField() },
    write: { path: '/', method: 'PUT', encoding: 'replace', carry: 'record' },
  });
  const planned = (record: JsonObject, request: PlainRequest) =>
    createPlan(provider, requestFor(request), { record }, new Set()).body;

  it.each<[string, JsonObject]>([
    ['a text', { profile: 'since 1998' }],
    ['a list', { profile: { work: [{ title: 'CEO' }] } }],
    ['a number', { profile: { work: 7 } }],
  ])('is refused where the record has %s in its place: a body would overwrite it', (_what, record) => {
    expect(() => planned({ id: '1', ...record }, { set: { title: 'CEO' } })).toThrow(
      'title: Plain shows something else where the object was expected that this field is in.',
    );
    expect(planned({ id: '1', ...record }, { set: { name: 'Jane' } })).toEqual({ id: '1', name: 'Jane', ...record });
  });

  it.each<[string, JsonObject]>([
    ['nothing', {}],
    ['null', { profile: null }],
    ['an empty object', { profile: { work: {} } }],
  ])('is written where the record has %s in its place', (_what, record) => {
    expect(planned({ id: '1', ...record }, { set: { title: 'CEO' } })).toEqual({
      id: '1',
      profile: { work: { title: 'CEO' } },
    });
  });
});
