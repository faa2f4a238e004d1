import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChangePage, searchChanges } from '../../../src/audit/search.ts';
import { nextEntry } from '../../../src/store/log/append.ts';
import { type StoredEntry } from '../../../src/store/log/entry.ts';
import { emptyHead, verifyChain } from '../../../src/store/log/hash-chain.ts';
import { unkeyedMac } from '../../../src/store/mac.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { ChangeFilter, Store } from '../../../src/store/store.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import type { Place } from '../../support/store/place.ts';
import { entry, intent, person } from '../../support/store/samples.ts';

const size = 100_000;

/**
 * What every store that lasts has to do with a long log. `fill` writes rows past the store, since that is faster, and what
 * is kept beside them; `further` adds tests.
 */
export function testLarge<P extends Place>(
  name: string,
  makePlace: () => Promise<P>,
  fill: (place: P, rows: Iterable<StoredEntry>) => Promise<void>,
  further: (place: () => P) => void = () => {},
): void {
  describe(`${name}: a long log`, () => {
    let place: P;
    let store: Store;
    beforeAll(async () => {
      place = await makePlace();
      store = await place.open(createProcessId());
      await fill(place, makeRows());
    }, 120_000);
    afterAll(() => place.remove());

    it('is verified in bounded memory', async () => {
      const head = await store.head();
      const before = readMemory();
      let peak = 0;
      let steps = 0;
      const verdict = await verifyChain(store.entries(), head, () => {
        steps += 1;
        peak = Math.max(peak, readMemory() - before);
      });
      expect(verdict).toEqual({ ok: true, rows: size });
      expect(steps).toBe(size / 1000);
      // All rows at once would be some 150 MB.
      expect(peak).toBeLessThan(64 * 2 ** 20);
    }, 60_000);

    it.each<[string, Partial<ChangeFilter>, number]>([
      ['nothing', {}, 50],
      ['a person with few changes', { provider: 'acme', userId: 'user-7' }, 5],
      ['a rare outcome', { outcome: 'conflict' }, 1],
      ['the outcome that every superseded row has', { outcome: 'unverified' }, 0],
      ['a rare provider', { provider: 'rare' }, 1],
      ['an unknown person', { userId: 'nobody' }, 0],
      ['a time to come', { since: new Date(Date.now() + 3_600_000).toISOString() }, 0],
      ['all time', { since: '2000-01-01T00:00:00Z' }, 50],
      ['all time up to now', { until: '2999-01-01T00:00:00Z' }, 50],
      ['a time before all', { until: '2000-01-01T00:00:00Z' }, 0],
      ['the key of an address', { person: { users: [], emailKeys: ['key of user-7'] } }, 5],
      ['a key that nobody has', { person: { users: [], emailKeys: ['key of nobody'] } }, 0],
      ['one person with several records', { person: { users: [{ userId: 'user-7' }, person('user-8')] } }, 10],
      ['several providers', { provider: ['rare', 'none'] }, 1],
      ['an unknown batch', { batchId: 'none' }, 0],
    ])('is listed by %s', async (_, filter, expected) => {
      expect(await store.list({ limit: 50, ...filter })).toHaveLength(expected);
    });

    it('is searched in windows for what no index answers, and each is read by its own entries only', async () => {
      const read: [before: number | undefined, downTo: number | undefined, found: number][] = [];
      const list = async (filter: ChangeFilter) => {
        const found = await store.list(filter);
        read.push([filter.before, filter.downTo, found.length]);
        return found;
      };
      const pages: ChangePage[] = [];
      for (let before: number | undefined; pages.at(-1)?.next !== undefined || pages.length === 0; ) {
        const query = { outcome: 'conflict', connection: 'acme' };
        pages.push(await searchChanges({ ...store, list }, query, { limit: 5, before, budget: 20_000 }));
        before = pages.at(-1)?.next;
      }
      expect(pages.map(({ changes }) => changes.length)).toEqual([0, 0, 1, 0, 0]);
      expect(pages.map(({ searchedTo }) => typeof searchedTo)).toEqual([
        ...Array<string>(4).fill('string'),
        'undefined',
      ]);
      expect(read.map(([, downTo]) => downTo)).toEqual([80_001, 60_001, 40_001, 20_001, undefined]);
    });

    further(() => place);

    it('continues where it ended', async () => {
      const about = person('user-7');
      const since = await store.lastSeq(about);
      expect(since).toBeGreaterThan(0);
      expect(await store.open({ ...intent('new', about), since })).toEqual({ kind: 'opened', seq: size + 1 });
      expect(await store.inDoubt()).toEqual([]);
      expect(await store.close('new', 'updated', entry('x').body)).toBe(true);
      expect(await store.lastSeq(about)).toBe(size + 2);
    });
  });
}

/** 50,000 finished changes of 10,000 people. */
function* makeRows(): Generator<StoredEntry> {
  const how = { processId: createProcessId(), now: Date.now(), mac: unkeyedMac };
  let head = emptyHead;
  for (let i = 0; i < size; i += 1) {
    const change = Math.floor(i / 2);
    const isRare = change === 25_000;
    const about = { ...person(`user-${change % 10_000}`), ...(isRare ? { provider: 'rare' } : {}) };
    const outcome = i % 2 === 0 ? 'unverified' : isRare ? 'conflict' : 'updated';
    const fields = [recordedField('title', 'x'.repeat(100), `title ${i}`)];
    const body = { tool: 't', caller: 'c', fields, emailKeys: [`key of ${about.userId}`] };
    const draft = entry(`change-${change}`, { ...about, outcome, body });
    const row = nextEntry(head, i % 2 === 0 ? 'opened' : 'closed', draft, how);
    yield row;
    head = row;
  }
}

function readMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
