import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import { providerOf, requestFor } from '../../support/pipeline/requests.ts';

/** A vendor that merges free keys where it keeps them. */
const dayzero = providerOf('dayzero');
const props = dayzero.fields['props'];
if (!props) throw new Error('no props');
const provider: Provider = {
  ...dayzero,
  fields: { ...dayzero.fields, props: { ...props, at: ['profile', 'props'], merge: { clear: 'null' } } },
  write: { ...dayzero.write, encoding: 'merge-patch', wrapper: 'user' },
};
const bodyOf = (record: JsonObject, set: Record<string, Json>, clear: string[] = []) =>
  createPlan(provider, requestFor({ set, clear }), { record }, new Set()).body;

it('sends each key at its place, and null for one that goes', () => {
  const record = { id: '1', props: { a: 1, b: { c: 2, d: 3 }, e: 4 } };
  const set = { props: { a: 5, b: { c: 2, d: 6 } }, first_name: 'Jane' };
  expect(bodyOf(record, set, ['props.e'])).toEqual({
    user: { profile: { props: { a: 5, b: { d: 6 }, e: null } }, first_name: 'Jane' },
  });
});

it('takes keys that are names of built-in members for keys', () => {
  const set = { props: JSON.parse('{ "__proto__": { "x": 1 }, "constructor": 2 }') as JsonObject };
  const { user } = bodyOf({ id: '1', props: {} }, set);
  expect(JSON.stringify(user)).toBe('{"profile":{"props":{"__proto__":{"x":1},"constructor":2}}}');
});

it('takes time in proportion to the keys', () => {
  const timeOf = (count: number) => {
    const keys = Object.fromEntries(Array.from({ length: count }, (_, nth) => [`key${nth}`, nth]));
    const start = performance.now();
    bodyOf({ id: '1', props: {} }, { props: keys });
    return performance.now() - start;
  };
  timeOf(500);
  const few = Math.min(...[1, 2, 3].map(() => timeOf(500)));
  // Eight times as many; copying the body for each key took sixty times as long and more.
  expect(Math.min(...[1, 2, 3].map(() => timeOf(4000)))).toBeLessThan(few * 24 + 20);
});
