import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** What every store that lasts has to do with a long log. `fill` writes rows past the store, since that is faster. */
export function testLarge<P extends Place>(
  name: string,
  makePlace: () => Promise<P>,
  fill: (place: P, rows: Iterable<StoredEntry>) => Promise<void>,
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
    ])('is listed by %s', async (_, filter, expected) => {
      expect(await store.list({ limit: 50, ...filter })).toHaveLength(expected);
    });

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
    const draft = entry(`change-${change}`, { ...about, outcome, body: { tool: 't', caller: 'c', fields } });
    const row = nextEntry(head, i % 2 === 0 ? 'opened' : 'closed', draft, how);
    yield row;
    head = row;
  }
}

function readMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
