import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import { verify } from '../../../src/update/plan/verify.ts';
import { type PlainRequest, providerOf, requestFor } from '../../support/pipeline/requests.ts';

/** A vendor that merges free keys, empties one with null, and goes on showing it with null. */
const dayzero = providerOf('dayzero');
const props = dayzero.fields['props'];
if (!props) throw new Error('no props');
const provider: Provider = {
  ...dayzero,
  fields: { ...dayzero.fields, props: { ...props, merge: { clear: 'null' } } },
  write: { ...dayzero.write, encoding: 'merge-patch' },
};
const before: JsonObject = { id: '1', props: { theme: 'dark', team: null, deep: { a: null } } };
const planOf = (request: PlainRequest, record = before) =>
  createPlan(provider, requestFor(request), { record }, new Set());

describe('a key that the vendor empties with null', () => {
  it('is sent as null, and seen when it is shown with null', () => {
    const plan = planOf({ clear: ['props.theme'] });
    expect(plan.body).toEqual({ props: { theme: null } });
    const after = { id: '1', props: { theme: null, team: null, deep: { a: null } } };
    expect(verify(provider, plan, before, after)).toMatchObject({ seen: ['props.theme'], other: [], collateral: [] });
    const gone = { id: '1', props: { deep: { a: null } } };
    expect(verify(provider, plan, before, gone)).toMatchObject({ seen: ['props.theme'], other: [], collateral: [] });
  });

  it('is empty already where it is null, and nothing is sent', () => {
    expect(planOf({ clear: ['props.team'] })).toMatchObject({ leaves: [], body: {} });
  });

  it('has no value before it is set, and still has none where the vendor ignored the write', () => {
    const plan = planOf({ set: { props: { team: 'lab' } } });
    expect(plan.leaves).toMatchObject([{ path: ['props', 'team'], before: undefined, after: 'lab' }]);
    expect(verify(provider, plan, before, before)).toMatchObject({ old: ['props.team'], seen: [], other: [] });
  });
});

it('deeper in, null is a value like any other', () => {
  const plan = planOf({ clear: ['props.deep.a'] });
  expect(plan.leaves).toMatchObject([{ path: ['props', 'deep', 'a'], before: null, after: undefined }]);
  expect(verify(provider, plan, before, before)).toMatchObject({ old: ['props.deep.a'] });
});
