import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyChain } from '../../src/store/chain.ts';
import { emptyHead, nextEntry } from '../../src/store/entry.ts';
import { createOwner } from '../../src/store/owner.ts';
import { openDatabase } from '../../src/store/sqlite-driver.ts';
import { entryColumns, toValues } from '../../src/store/sqlite-rows.ts';
import type { ChangeFilter, Store } from '../../src/store/store.ts';
import { makeSqlitePlace } from './place.ts';
import { entry, intent, person } from './samples.ts';

const size = 100_000;
let place: Awaited<ReturnType<typeof makeSqlitePlace>>;
let store: Store;

beforeAll(async () => {
  place = await makeSqlitePlace();
  store = await place.open(createOwner());
  await fill(place.file);
}, 60_000);
afterAll(() => place.remove());

it('verifies 100,000 rows in bounded memory', async () => {
  const head = await store.head();
  const before = readMemory();
  let peak = 0;
  let steps = 0;
  const verdict = await verifyChain(store.rows(), head, () => {
    steps += 1;
    peak = Math.max(peak, readMemory() - before);
  });
  expect(verdict).toEqual({ ok: true, rows: size });
  expect(steps).toBe(size / 1000);
  // All rows at once would be some 150 MB.
  expect(peak).toBeLessThan(64 * 2 ** 20);
}, 30_000);

it.each<[string, Partial<ChangeFilter>, number]>([
  ['nothing', {}, 50],
  ['a person with few changes', { provider: 'acme', userId: 'user-7' }, 5],
  ['a rare outcome', { outcome: 'conflict' }, 1],
  ['the outcome that every superseded row has', { outcome: 'unverified' }, 0],
  ['a rare provider', { provider: 'rare' }, 1],
  ['an unknown person', { userId: 'nobody' }, 0],
  ['the last minute', { since: new Date(Date.now() + 60_000).toISOString() }, 0],
  ['all time', { since: '2000-01-01T00:00:00Z' }, 50],
])('lists by %s without walking through the log', async (_, filter, expected) => {
  await store.list({ limit: 50, ...filter });
  const start = performance.now();
  expect(await store.list({ limit: 50, ...filter })).toHaveLength(expected);
  expect(performance.now() - start).toBeLessThan(60);
});

it('opens, closes and finds orphans as fast as in an empty log', async () => {
  const start = performance.now();
  for (let i = 0; i < 20; i += 1) {
    await store.lastSeq(person('user-7'));
    await store.open(intent(`new-${i}`, person('user-7')));
    await store.orphans();
    await store.close(`new-${i}`, 'updated', entry('x').body);
  }
  expect((performance.now() - start) / 20).toBeLessThan(50);
});

/** 50,000 finished changes of 10,000 people, in one transaction. */
async function fill(file: string): Promise<void> {
  const db = await openDatabase(file);
  db.exec('BEGIN IMMEDIATE');
  const append = db.prepare(`INSERT INTO entries (${entryColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const owner = createOwner();
  let head = emptyHead;
  for (let i = 0; i < size; i += 1) {
    const change = Math.floor(i / 2);
    const isRare = change === 25_000;
    const about = { ...person(`user-${change % 10_000}`), ...(isRare ? { provider: 'rare' } : {}) };
    const outcome = i % 2 === 0 ? 'unverified' : isRare ? 'conflict' : 'updated';
    const fields = [{ field: 'title', effect: 'ordinary', before: 'x'.repeat(100), after: `title ${i}` }];
    const draft = entry(`change-${change}`, { ...about, outcome, body: { tool: 't', caller: 'c', fields } });
    const row = nextEntry(head, i % 2 === 0 ? 'opened' : 'closed', draft, owner, Date.now());
    append.run(...toValues(row));
    head = row;
  }
  db.prepare('UPDATE head SET seq = ?, hash = ?').run(head.seq, head.hash);
  db.exec('COMMIT');
  db.close();
}

function readMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
