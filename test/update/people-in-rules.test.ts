import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import type { Store } from '../../src/store/store.ts';
import type { Rule } from '../../src/update/policy/rules.ts';
import { type ChangeOptions, startPeopleUpdate } from '../support/pipeline/people.ts';
import type { Place } from '../support/store/place.ts';
import { createSqlitePlace } from '../support/store/sqlite.ts';

/** Rules with `people` in the pipeline, with stores as they are. */

const HOUR = 60 * 60_000;
const FEW: Rule[] = [{ field: '*.title', people: '<=5', decision: 'allow' }];
const five = ['1', '2', '3', '4', '5'];

async function createMemoryPlace(): Promise<Place> {
  let store: Store | undefined;
  return {
    open: async (processId, options) => (store ??= createMemoryStore(processId, options)),
    remove: async () => store?.stop(),
  };
}

describe.each([
  ['memory', createMemoryPlace],
  ['SQLite', createSqlitePlace],
])('%s: people in a rule', (_, createPlace) => {
  const start = async (rules = FEW) => await startPeopleUpdate(await createPlace(), rules);
  const each = async (it: Awaited<ReturnType<typeof start>>, ids: readonly string[], more?: ChangeOptions) => {
    const outcomes: string[] = [];
    for (const id of ids) outcomes.push(await it.outcome(id, more));
    return outcomes;
  };
  const updated = (count: number) => Array<string>(count).fill('updated');

  it('allows as many user records as it says, each as often as it is changed', async () => {
    const it = await start();
    expect(await each(it, [...five, '3', '1'])).toEqual(updated(7));
    expect(await each(it, ['6', '5'])).toEqual(['failed', 'updated']);
    expect(it.writes()).toBe(8);
  });

  it('counts an hour from the last change of each', async () => {
    const it = await start();
    await each(it, five);
    it.pass(HOUR / 2);
    await each(it, ['1']);
    it.pass(HOUR / 2);
    expect(await each(it, ['6', '7', '8', '9', '10'])).toEqual([...updated(4), 'failed']);
  });

  it('has a count of its own for each caller and rule; another connection has other user records', async () => {
    const it = await start([...FEW, { field: '*.nick', people: '<=1', decision: 'allow' }]);
    await each(it, five);
    expect(await each(it, ['6'], { caller: 'other' })).toEqual(updated(1));
    expect(await each(it, ['6', '7'], { field: 'nick' })).toEqual(['updated', 'failed']);
    expect(await each(it, ['1'], { connection: 'second' })).toEqual(['failed']);
  });

  it('knows a rule again by what it says', async () => {
    const it = await start();
    await each(it, five);
    const moved = [{ field: '*.nick', decision: 'deny' as const }, { ...FEW[0], name: 'few' } as Rule];
    expect(await each(it, ['6'], { rules: moved })).toEqual(['failed']);
    expect(await each(it, ['6'], { rules: [{ ...FEW[0], people: '<=6' } as Rule] })).toEqual(updated(1));
  });

  it('counts neither previews, nor refusals, nor what is as it was', async () => {
    const it = await start();
    expect(await each(it, five, { dryRun: true })).toEqual(Array(5).fill('preview'));
    expect(await each(it, five, { unchanged: true })).toEqual(Array(5).fill('unchanged'));
    const denied: Rule[] = [...FEW, { field: '*.nick', decision: 'deny' }];
    await each(it, five, { field: 'nick', rules: denied });
    expect(await each(it, [...five, '6'])).toEqual([...updated(5), 'failed']);
    expect(await each(it, ['7'])).toEqual(['failed']);
    expect(await each(it, ['5'])).toEqual(updated(1));
  });

  it('counts an intent that was opened, also if the vendor refused', async () => {
    const it = await start();
    expect(await each(it, five, { refused: true })).toEqual(Array(5).fill('failed'));
    expect(await each(it, ['6', '1'])).toEqual(['failed', 'updated']);
  });

  it('counts what a person confirmed, so that a larger number can be exceeded', async () => {
    const it = await start([...FEW, { field: '*.title', people: '>=8', decision: 'deny' }]);
    const ids = Array.from({ length: 12 }, (_, at) => `${at}`);
    // From the sixth on a change reaches the second rule, under which seven are allowed.
    const expected = [...updated(12)];
    expect(await each(it, ids, { confirmed: true })).toEqual(expected);
    expect(await each(it, ['12', '13'], { confirmed: true })).toEqual(['denied', 'denied']);
    expect(await each(it, ['11'], { confirmed: true })).toEqual(updated(1));
  });

  it('strips beyond a number, and does not count what it strips', async () => {
    const it = await start([{ field: '*.title', people: '>2', decision: 'strip' }, { decision: 'allow' }]);
    expect(await each(it, ['1', '2', '3', '1'])).toEqual(['updated', 'updated', 'denied', 'updated']);
    it.pass(HOUR);
    expect(await each(it, ['3', '4', '5'])).toEqual(['updated', 'updated', 'denied']);
  });

  it('allows no more of several calls at the same time', async () => {
    const it = await start();
    const outcomes = await Promise.all(['1', '2', '3', '4', '5', '6', '7', '8'].map((id) => it.outcome(id)));
    expect(outcomes.toSorted()).toEqual([...Array<string>(3).fill('failed'), ...updated(5)]);
    expect(it.writes()).toBe(5);
  });

  it('leaves the counting to a batch that counted', async () => {
    const it = await start();
    const people = { of: () => 3, notes: () => [{ key: 'k', limit: 6, values: ['v'], fits: () => false }] };
    expect(await each(it, [...five, '6'], { call: { people } })).toEqual(updated(6));
    expect(await each(it, ['7'], { call: { people: { ...people, of: () => 6 } } })).toEqual(['failed']);
    expect(await each(it, five)).toEqual(updated(5));
  });
});

it('never allows more user records in an hour than it says, whatever the order', async () => {
  const step = fc.record({
    ids: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6'), { minLength: 1, maxLength: 4 }),
    minutes: fc.constantFrom(0, 0, 1, 20, 45, 60),
    confirmed: fc.boolean(),
  });
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 4 }),
    fc.array(step, { maxLength: 12 }),
    async (bound, steps) => {
      const rules: Rule[] = [{ field: '*.title', people: `<=${bound}`, decision: 'allow' }];
      const it = await startPeopleUpdate(await createMemoryPlace(), rules);
      const allowed: { id: string; at: number }[] = [];
      let at = 0;
      for (const { ids, minutes, confirmed } of steps) {
        it.pass(minutes * 60_000);
        at += minutes * 60_000;
        // Some are asked about, and confirmed: those are none that the rule allowed.
        if (confirmed) await it.change(ids[0] ?? '1', { confirmed });
        const outcomes = await Promise.all(ids.map(async (id) => ({ id, outcome: await it.outcome(id) })));
        for (const { id, outcome } of outcomes) if (outcome === 'updated') allowed.push({ id, at });
        const recent = allowed.filter((one) => one.at > at - HOUR);
        expect(new Set(recent.map(({ id }) => id)).size).toBeLessThanOrEqual(bound);
      }
    },
  );
  await fc.assert(property, { numRuns: 30 });
});
