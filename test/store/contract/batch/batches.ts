import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredBatch } from '../../../../src/store/batches.ts';
import { verifyChain } from '../../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../../src/store/process-id.ts';
import type { Store } from '../../../../src/store/store.ts';
import type { Place } from '../../../support/store/place.ts';
import { batchEvent, body, entry, intent, newApproval, person, readEntries } from '../../../support/store/samples.ts';

const day = 24 * 60 * 60_000;
/** What every store has to do with batches. */
export function testBatches(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: batches`, () => {
    let place: Place;
    let store: Store;
    let time = Date.now();
    const open = (owner = createProcessId()): Promise<Store> => place.open(owner, { now: () => time });
    const batch = (id: string, more: Partial<StoredBatch> = {}): StoredBatch => ({
      id,
      expiresAt: time + day,
      header: Uint8Array.from({ length: 256 }, (_, i) => i),
      parts: [Uint8Array.of(1), Uint8Array.of(2, 2), Uint8Array.of()],
      ...more,
    });
    const readAll = async (id: string): Promise<StoredBatch | undefined> => {
      const found = await store.batches.get(id);
      if (!found) return undefined;
      const parts = await Promise.all(Array.from({ length: found.parts }, (_, at) => store.batches.part(id, at)));
      return { ...found, id, parts: parts.filter((part) => part !== undefined) };
    };
    const isChained = async () => (await verifyChain(store.entries(), await store.head())).ok;
    beforeEach(async () => {
      place = await makePlace();
      time = Date.now();
      store = await open();
    });
    afterEach(() => place.remove());

    it('stores a batch and gives it back unchanged, part by part, as copies', async () => {
      const given = batch('b1');
      await store.batches.put(given);
      expect(await readAll('b1')).toEqual(batch('b1'));
      for (const index of [3, -1]) expect(await store.batches.part('b1', index)).toBeUndefined();
      for (const id of ['b2', 'B1', '']) {
        expect(await store.batches.get(id)).toBeUndefined();
        expect(await store.batches.part(id, 0)).toBeUndefined();
      }
      given.header.fill(0);
      (await store.batches.part('b1', 0))?.fill(9);
      expect(await readAll('b1')).toEqual(batch('b1'));
      expect(await readEntries(store)).toEqual([]);
    });

    it('replaces a batch as a whole, and no other', async () => {
      await store.batches.put(batch('b1'));
      await store.batches.put(batch('b2'));
      const next = batch('b1', { header: Uint8Array.of(7), parts: [Uint8Array.of(8)], expiresAt: time + 2 * day });
      await store.batches.put(next);
      expect(await readAll('b1')).toEqual(next);
      expect(await store.batches.part('b1', 1)).toBeUndefined();
      expect(await readAll('b2')).toEqual(batch('b2'));
    });

    it('keeps a batch that is as large as they come', async () => {
      const parts = Array.from({ length: 100 }, (_, i) => new Uint8Array(100_000).fill(i));
      await store.batches.put(batch('b1', { parts }));
      expect((await store.batches.get('b1'))?.parts).toBe(100);
      expect(await store.batches.part('b1', 99)).toEqual(parts[99]);
    });

    it('forgets a batch that has expired, before it is purged and after', async () => {
      await store.batches.put(batch('b1'));
      await store.batches.put(batch('b2', { expiresAt: time + day + 1 }));
      time += day;
      expect(await readAll('b1')).toBeUndefined();
      expect(await store.batches.part('b1', 0)).toBeUndefined();
      expect(await store.batches.finish('b1', batchEvent('b1', 'finished'), 'drop')).toBe(false);
      expect(await readAll('b2')).toBeDefined();
      await store.purgeExpired(time);
      time -= day;
      expect(await readAll('b1')).toBeUndefined();
      expect(await store.batches.part('b1', 0)).toBeUndefined();
      expect((await readAll('b2'))?.parts).toHaveLength(3);
      expect(await readEntries(store)).toEqual([]);
    });

    it('logs that a batch was opened and how it ended, and then drops it', async () => {
      const opened = batchEvent('b1', 'opened', { allOrNothing: true });
      expect(await store.batches.open({ batch: batch('b1'), entry: opened })).toBe('opened');
      expect(await readAll('b1')).toEqual(batch('b1'));
      await store.attempt(entry('c1', { body: { ...body(), batchId: 'b1' } }));
      const finished = batchEvent('b1', 'finished', { counts: { updated: 2, failed: 1 } });
      expect(await store.batches.finish('b1', finished, 'drop')).toBe(true);
      expect(await store.batches.finish('b1', finished, 'drop')).toBe(false);
      expect(await store.batches.finish('b2', finished, 'drop')).toBe(false);
      expect(await readAll('b1')).toBeUndefined();
      expect(await store.batches.part('b1', 0)).toBeUndefined();
      const { entries } = await store.trail('b1');
      expect(entries).toMatchObject([
        { ...opened, seq: 1, kind: 'batch', provider: 'acme,zeta', connection: 'acme,east,west', userId: '' },
        { ...finished, seq: 3, kind: 'batch', outcome: 'finished' },
      ]);
      expect(entries.map((one) => one.body)).toEqual([
        { ...body(), batchId: 'b1', people: 3, allOrNothing: true },
        { ...body(), batchId: 'b1', people: 3, counts: { updated: 2, failed: 1 } },
      ]);
      expect(await isChained()).toBe(true);
    });

    it('keeps a batch that ended in part until it expires, to be resumed', async () => {
      await store.batches.open({ batch: batch('b1'), entry: batchEvent('b1', 'opened') });
      const ended = batchEvent('b1', 'finished', { counts: { updated: 2, failed: 1 } });
      expect(await store.batches.finish('b1', ended, 'keep')).toBe(true);
      expect(await readAll('b1')).toEqual(batch('b1'));
      expect(await store.batches.open({ batch: batch('b1'), entry: batchEvent('b1', 'opened') })).toBe('opened');
      expect(await store.batches.finish('b1', batchEvent('b1', 'finished'), 'drop')).toBe(true);
      expect((await store.trail('b1')).entries.map(({ outcome }) => outcome)).toEqual([
        'opened',
        'finished',
        'opened',
        'finished',
      ]);
      expect(await readAll('b1')).toBeUndefined();
    });

    it('opens a batch that is stored: what is opened replaces it', async () => {
      await store.batches.put(batch('b1'));
      const next = batch('b1', { header: Uint8Array.of(7), parts: [Uint8Array.of(8)] });
      expect(await store.batches.open({ batch: next, entry: batchEvent('b1', 'opened') })).toBe('opened');
      expect(await readAll('b1')).toEqual(next);
    });

    it('takes no event for a change', async () => {
      const changes = async () => [
        await store.list({ limit: 9 }),
        await store.list({ batchId: 'b1', limit: 9 }),
        await store.list({ changeId: 'b1', limit: 9 }),
        await store.list({ userId: '', limit: 9 }),
        await store.list({ outcome: 'opened', limit: 9 }),
        await store.list({ provider: 'acme,zeta', limit: 9 }),
        await store.activity({ from: '2000-01-01', to: '2999-01-01' }),
        await store.openIntents(),
        await store.inDoubt(),
      ];
      await store.batches.open({ batch: batch('b1'), entry: batchEvent('b1', 'opened') });
      const user = { provider: 'acme,zeta', connection: 'acme,east,west', userId: '' };
      expect(await store.lastSeq(user)).toBe(0);
      expect(await store.open({ ...intent('c1', user), since: 0 })).toMatchObject({ kind: 'opened' });
      await store.close('c1', 'updated', body());
      const since = await store.lastSeq(user);
      await store.batches.finish('b1', batchEvent('b1', 'finished'), 'drop');
      expect(await store.lastSeq(user)).toBe(since);
      expect(await store.open({ ...intent('c2', user), since })).toMatchObject({ kind: 'opened' });
      expect((await changes()).flat().filter((one) => 'kind' in one && one.kind === 'batch')).toEqual([]);
      expect(await store.list({ batchId: 'b1', limit: 9 })).toEqual([]);
      expect((await store.activity({ from: '2000-01-01', to: '2999-01-01' })).map(({ count }) => count)).toEqual([1]);
      expect(await store.beforeImage('b1')).toBeUndefined();
    });

    it('consumes a confirmation token once among many opens, with batches and with changes', async () => {
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      const ids = Array.from({ length: 10 }, (_, i) => `b${i}`);
      const results = await Promise.all(
        ids.map((id) => store.batches.open({ batch: batch(id), entry: batchEvent(id, 'opened'), nonce })),
      );
      expect(results.sort()).toEqual([...Array<string>(9).fill('consumed'), 'opened']);
      const stored = await Promise.all(ids.map((id) => store.batches.get(id)));
      expect(stored.filter((one) => one !== undefined)).toHaveLength(1);
      expect(await readEntries(store)).toHaveLength(1);
      expect(await store.open({ ...intent('c1'), nonce })).toEqual({ kind: 'consumed' });
      const other = { id: 'other', expiresAt: time + 1000 };
      await store.attempt(entry('c2', { outcome: 'refused' }), other);
      const late = { batch: batch('late'), entry: batchEvent('late', 'opened'), nonce: other };
      expect(await store.batches.open(late)).toBe('consumed');
    });

    it('consumes an approval once, for the batch', async () => {
      const request = async (id: string) => {
        const asked = newApproval(id, { userId: '', provider: 'acme,zeta', expiresAt: time + day });
        await store.approvals.request(asked, body());
      };
      await request('a1');
      const opening = (id: string) => ({ batch: batch(id), entry: batchEvent(id, 'opened'), approval: 'a1' });
      expect(await store.batches.open(opening('early'))).toBe('consumed');
      await store.approvals.decide('a1', { approver: 'ann', yes: true }, Uint8Array.of(5));
      const results = await Promise.all(['b1', 'b2'].map((id) => store.batches.open(opening(id))));
      expect(results.sort()).toEqual(['consumed', 'opened']);
      const used = await store.approvals.get('a1');
      expect(used).toMatchObject({ state: 'used', changeId: expect.stringMatching(/^b[12]$/) });
      expect(used).not.toHaveProperty('secret');
      expect(await readAll(used?.changeId ?? '')).toBeDefined();
      expect(await store.open({ ...intent('c1'), approval: 'a1' })).toEqual({ kind: 'consumed' });
      await request('a2');
      await store.approvals.decide('a2', { approver: 'ann', yes: true });
      time += day;
      expect(await store.batches.open({ ...opening('b3'), approval: 'a2' })).toBe('consumed');
    });

    it('leaves everything as it was where a yes is no longer usable', async () => {
      await store.batches.put(batch('b1'));
      await store.approvals.request(newApproval('a1', { userId: '', expiresAt: time + day }), body());
      await store.approvals.decide('a1', { approver: 'ann', yes: true });
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      const next = batch('b1', { header: Uint8Array.of(7), parts: [] });
      const opening = { batch: next, entry: batchEvent('b1', 'opened') };
      await store.attempt(entry('c1', { outcome: 'refused' }), { id: 'no', expiresAt: time + 1000 });
      const before = await readEntries(store);
      const spent = { ...opening, nonce: { ...nonce, id: 'no' }, approval: 'a1' };
      expect(await store.batches.open(spent)).toBe('consumed');
      expect(await store.batches.open({ ...opening, nonce, approval: 'a9' })).toBe('consumed');
      expect(await readAll('b1')).toEqual(batch('b1'));
      expect(await readEntries(store)).toEqual(before);
      expect((await store.approvals.get('a1'))?.state).toBe('approved');
      expect(await store.batches.open({ ...opening, nonce, approval: 'a1' })).toBe('opened');
      expect(await readAll('b1')).toEqual(next);
    });

    it('logs a decline of a batch as an event only, since it is about no single user record', async () => {
      await store.approvals.request(newApproval('a1', { userId: '', expiresAt: time + day }), body());
      await store.approvals.decide('a1', { approver: 'ann', yes: false, reason: 'no' });
      expect((await readEntries(store)).map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
        'approval requested',
        'approval declined',
      ]);
      expect(await store.list({ limit: 9 })).toEqual([]);
    });

    it('shares batches with other processes', async () => {
      await store.batches.open({ batch: batch('b1'), entry: batchEvent('b1', 'opened') });
      const other = await open();
      expect(await other.batches.part('b1', 1)).toEqual(Uint8Array.of(2, 2));
      expect(await other.batches.finish('b1', batchEvent('b1', 'finished'), 'drop')).toBe(true);
      expect(await readAll('b1')).toBeUndefined();
    });

    it('takes text of any kind for an id', async () => {
      const id = 'nul \0 lone \ud800 😀';
      await store.batches.open({ batch: batch(id), entry: batchEvent(id, 'opened') });
      await store.batches.put(batch(id, { parts: [Uint8Array.of(4)] }));
      expect(await store.batches.part(id, 0)).toEqual(Uint8Array.of(4));
      expect((await store.trail(id)).entries).toHaveLength(1);
      expect(await store.batches.finish(id, batchEvent(id, 'finished'), 'drop')).toBe(true);
      expect(await isChained()).toBe(true);
    });

    it('lists a batch page by page, with what is open, and one change of it by its user', async () => {
      const of = (id: string, batchId = 'b1') => ({ ...person(id), body: { ...body(), batchId } });
      for (let i = 0; i < 30; i += 1) {
        await store.open(intent(`c${i}`, of(`p${i}`)));
        if (i % 3 > 0) await store.close(`c${i}`, 'updated', of('').body);
        await store.attempt(entry(`other ${i}`, of(`p${i}`, 'b2')));
      }
      const seen: string[] = [];
      for (let before: number | undefined; ; ) {
        const page = await store.list({ batchId: 'b1', limit: 7, ...(before !== undefined && { before }) });
        seen.push(...page.map(({ changeId, open }) => `${changeId}${open ? ' open' : ''}`));
        before = page.at(-1)?.seq;
        if (page.length < 7) break;
      }
      expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => `c${29 - i}${(29 - i) % 3 === 0 ? ' open' : ''}`));
      const one = async (userId: string, batchId: string, more = {}) =>
        (await store.list({ ...person(userId), ...more, batchId, limit: 1 })).map(({ changeId }) => changeId);
      expect(await one('p3', 'b1')).toEqual(['c3']);
      expect(await one('p4', 'b1')).toEqual(['c4']);
      expect(await one('p4', 'b2')).toEqual(['other 4']);
      expect(await one('p4', 'b3')).toEqual([]);
      expect(await one('p4', 'b1', { connection: 'other' })).toEqual([]);
      expect(await one('p4', 'b1', { provider: 'other' })).toEqual([]);
      expect(await one('p4', 'b1', { outcome: 'failed' })).toEqual([]);
      expect(await one('p4', 'b1', { changeId: 'c4' })).toEqual(['c4']);
      expect(await one('p4', 'b1', { changeId: 'c5' })).toEqual([]);
      expect(await one('p4', 'b1', { provider: ['acme', 'other'], outcome: 'updated' })).toEqual(['c4']);
    });
  });
}
