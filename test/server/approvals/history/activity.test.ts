import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readActivity } from '../../../../src/server/approvals/history/activity.ts';
import { readHistoryQuery } from '../../../../src/server/approvals/history/filters.ts';
import type { ActivityCount, ActivityFilter } from '../../../../src/store/store.ts';

/** The days of the plot, as filters and rights bound them. */

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-03-10T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

const counts: ActivityCount[] = [
  { day: '2026-03-09', provider: 'awork', outcome: 'updated', count: 2 },
  { day: '2026-03-09', provider: 'awork', outcome: 'failed', count: 3 },
];

async function read(filters: Record<string, string>, visible?: readonly string[], page = {}) {
  const asked: ActivityFilter[] = [];
  const store = { activity: async (filter: ActivityFilter) => (asked.push(filter), counts) };
  const query = readHistoryQuery(new Map(Object.entries(filters)), Date.now());
  if (!query) throw new Error('no query');
  const activity = await readActivity(store, query, { changes: [], ...page }, visible);
  return { activity, asked: asked[0] };
}

it('has the last 30 days by default, each once, with days without changes', async () => {
  const { activity = [], asked } = await read({});
  expect(asked).toEqual({ from: '2026-02-09', to: '2026-03-10' });
  expect(activity).toHaveLength(30);
  expect(activity.at(-2)).toEqual({ day: '2026-03-09', updated: 2, other: 3 });
  expect(activity.at(-1)).toEqual({ day: '2026-03-10', updated: 0, other: 0 });
});

it.each([
  [{ from: '2026-03-01', to: '2026-03-03' }, '2026-03-01', '2026-03-03', 3],
  [{ from: '1h' }, '2026-03-10', '2026-03-10', 1],
  [{ from: '2020-01-01' }, '2025-03-10', '2026-03-10', 366],
  [{ to: '2099-01-01' }, '2026-02-09', '2026-03-10', 30],
  [{ to: '2026-01-31' }, '2026-01-02', '2026-01-31', 30],
  [{ from: '2099-01-01' }, '2026-03-10', '2026-03-10', 1],
])('the span %j is %s to %s: %i bars', async (filters, from, to, bars) => {
  const { activity, asked } = await read(filters);
  expect(asked).toMatchObject({ from, to });
  expect(activity).toHaveLength(bars);
});

it('counts only what the approver may see, and what was asked for', async () => {
  expect((await read({}, ['awork'])).asked).toMatchObject({ providers: ['awork'] });
  expect((await read({ provider: 'dayzero' }, ['awork'])).asked).toMatchObject({ providers: [] });
  expect((await read({ provider: 'awork', outcome: 'failed' })).asked).toMatchObject({
    providers: ['awork'],
    outcome: 'failed',
  });
});

it('with other filters counts the matches, or says nothing when more match than it has', async () => {
  const changes = [{ at: '2026-03-08T10:00:00.000Z', outcome: 'updated', open: false }];
  const all = await read({ field: 'title' }, undefined, { changes });
  expect(all.asked).toBeUndefined();
  expect(all.activity?.filter(({ updated }) => updated > 0)).toEqual([{ day: '2026-03-08', updated: 1, other: 0 }]);
  expect((await read({ field: 'title' }, undefined, { changes, next: 7 })).activity).toBeUndefined();
  expect((await read({ field: 'title', before: '7' }, undefined, { changes })).activity).toBeUndefined();
});
