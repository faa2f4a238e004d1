import { expect, it } from 'vitest';
import { searchKeys } from '../../src/audit/email-key.ts';
import { matchesBody } from '../../src/audit/match.ts';
import { type ChangeQuery, findChanges, searchChanges } from '../../src/audit/search.ts';
import { joinNames } from '../../src/lib/text/name-list.ts';
import { idOf } from '../../src/sandbox/people.ts';
import type { EntryBody } from '../../src/store/log/entry.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { createSeal } from '../../src/store/seal.ts';
import { type ChangeFilter, LOOKED_UP, type Store } from '../../src/store/store.ts';
import { startPipeline } from '../support/pipeline/pipeline.ts';
import { recordedField } from '../support/pipeline/redacted.ts';
import { body, entry, person, readEntries } from '../support/store/samples.ts';

/** A store with these attempts, and the filters with which its list was read. */
async function filled(attempts: [id: string, more: object, ofBody?: Partial<EntryBody>][], now?: () => number) {
  const memory = createMemoryStore(createProcessId(), { ...(now && { now }) });
  for (const [id, more, ofBody] of attempts)
    await memory.attempt(entry(id, { ...more, body: { ...body(), ...ofBody } }));
  const asked: ChangeFilter[] = [];
  const store: Store = {
    ...memory,
    list: async (filter) => {
      asked.push(filter);
      return await memory.list(filter);
    },
  };
  const ids = async (query: ChangeQuery): Promise<string[]> => {
    const found: string[] = [];
    for await (const { changeId } of findChanges(store, query)) found.push(changeId);
    return found;
  };
  return { store, asked, ids };
}

it('takes a decision on a request for one of its approver', () => {
  const decided = { ...body(), approver: 'ann' };
  expect(matchesBody({ provider: 'acme', body: decided }, { approver: 'Ann' })).toBe(true);
  expect(matchesBody({ provider: 'acme', body: decided }, { approver: 'an' })).toBe(false);
  const agreed = { ...body(), approvedBy: 'Doe, Jane' };
  expect(matchesBody({ provider: 'acme', body: agreed }, { approver: 'doe, jane' })).toBe(true);
  const named = { ...body(), approvedBy: joinNames(['eve, ann', 'Ben Lee']) };
  const isOf = (approver: string) => matchesBody({ provider: 'acme', body: named }, { approver });
  expect(['eve, ann', 'ben lee', 'ann', 'eve'].map(isOf)).toEqual([true, true, false, false]);
});

it('compares what only a body says: field, caller, approver', async () => {
  const { ids } = await filled([
    ['a', person('1'), { caller: 'nightly-sync', fields: [recordedField('title', 'x', 'y')] }],
    ['b', person('1'), { approvedBy: 'ann, bob' }],
    ['c', person('2'), { declinedBy: 'Bob' }],
    ['d', person('2'), { approvedBy: 'bobby', fields: [recordedField('props.theme', 1, 2)] }],
    ['look', { outcome: LOOKED_UP }],
  ]);
  expect(await ids({ approver: 'bob' })).toEqual(['c', 'b']);
  expect(await ids({ approver: 'bob*' })).toEqual(['d', 'c', 'b']);
  expect(await ids({ caller: 'Nightly-*' })).toEqual(['a']);
  expect(await ids({ field: '*.title' })).toEqual(['a']);
  expect(await ids({ field: 'props' })).toEqual(['d']);
  expect(await ids({ approver: 'bob', userId: '2' })).toEqual(['c']);
  expect(await ids({ withoutLookups: true })).toEqual(['d', 'c', 'b', 'a']);
});

it('reads no more than its budget for a page, says how far it came, and goes on from there', async () => {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const all = Array.from({ length: 3000 }, (_, nth): [string, object, Partial<EntryBody>] => [
    `c${nth}`,
    { ...person('1'), outcome: nth === 7 ? 'failed' : 'denied' },
    nth === 7 ? { caller: 'rare' } : {},
  ]);
  const { store, asked } = await filled(all, () => (time += 60_000));
  for (const query of [{ caller: 'rare' }, { provider: 'acme', outcome: 'failed' }] as ChangeQuery[]) {
    asked.length = 0;
    const pages = [];
    for (let before: number | undefined; ; ) {
      const page = await searchChanges(store, query, { limit: 5, before, budget: 1000 });
      pages.push(page);
      if (page.next === undefined) break;
      before = page.next;
    }
    expect(pages.map(({ changes }) => changes.length)).toEqual([0, 0, 1]);
    expect(pages.map(({ searchedTo }) => searchedTo?.slice(0, 10))).toEqual(['2026-01-02', '2026-01-01', undefined]);
    for (const { limit } of asked) expect(limit).toBeLessThanOrEqual(500);
  }
  asked.length = 0;
  const since = new Date(time - 600_000).toISOString();
  const page = await searchChanges(store, { provider: 'acme', outcome: 'failed', since }, { limit: 5, budget: 1000 });
  expect(page.changes).toEqual([]);
});

it('gives whole pages, each change once', async () => {
  const { store, ids } = await filled(Array.from({ length: 11 }, (_, nth) => [`c${nth}`, person(`${nth}`)]));
  const first = await searchChanges(store, {}, { limit: 5 });
  const second = await searchChanges(store, {}, { limit: 5, before: first.next });
  const third = await searchChanges(store, {}, { limit: 5, before: second.next });
  const seen = [first, second, third].flatMap(({ changes }) => changes.map(({ changeId }) => changeId));
  expect(seen).toEqual(await ids({}));
  expect(third).toEqual({ changes: [expect.objectContaining({ changeId: 'c0' })] });
});

it('finds a person by her address before and after it changed, and no entry shows it', async () => {
  const rules = [
    { field: '*.nickName', decision: 'deny' },
    { field: '*.displayName', decision: 'approve' },
    { field: '*', decision: 'allow' },
  ];
  const { app, call } = await startPipeline({ config: { policy: { rules } } });
  const jane = idOf('atlassian', 'jane');
  const emails = [{ value: 'Jane.New@acme.example', primary: true, type: 'work' }];
  expect(await call('atlassian', { user_id: jane, set: { title: 'Boss' } })).toMatchObject({ outcome: 'updated' });
  expect(await call('atlassian', { user_id: jane, set: { emails } })).toMatchObject({ outcome: 'updated' });
  expect(await call('atlassian', { user_id: jane, set: { nickName: 'J' } })).toMatchObject({ outcome: 'denied' });
  // Nobody can be asked, so the call fails after the record was read.
  expect(await call('atlassian', { user_id: jane, set: { displayName: 'J' } })).toMatchObject({ outcome: 'failed' });
  const store = await app.store();
  const { hmacs } = await app.seal();
  const find = async (address: string) => {
    const page = await searchChanges(
      store,
      { person: { users: [], emailKeys: searchKeys(address, hmacs) } },
      { limit: 9 },
    );
    return page.changes.map(({ outcome, body: { fields } }) => [outcome, fields[0]?.field]);
  };
  const [failed, denied, moved, titled] = [
    ['failed', 'displayName'],
    ['denied', 'nickName'],
    ['updated', 'emails'],
    ['updated', 'title'],
  ];
  expect(await find('JANE.DOE@acme.example')).toEqual([failed, denied, moved, titled]);
  expect(await find('jane.new@acme.example ')).toEqual([failed, denied, moved]);
  expect(await find('john@acme.example')).toEqual([]);
  expect(JSON.stringify(await readEntries(store))).not.toMatch(/jane\.?(new|doe)@/i);
});

it('finds what was written with an earlier key', () => {
  const [old, current] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const [before, after] = [createSeal(old), createSeal(current, [old])];
  expect(searchKeys('a@b.c', after.hmacs)).toContain(searchKeys('a@b.c', before.hmacs)[0]);
  expect(searchKeys('a@b.c', after.hmacs)[0]).toBe(after.hmac('email', 'a@b.c').slice(0, 32));
});
