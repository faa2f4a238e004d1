import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { genesis, verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import type { Place } from '../../support/store/place.ts';
import { body, entry, intent, person, readEntries } from '../../support/store/samples.ts';

/** What every store has to do when its entries are listed and read. */
export function testEntries(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: entries`, () => {
    let place: Place;
    let time = Date.now();
    const now = (): number => time;
    const open = (owner = createProcessId()): Promise<Store> => place.open(owner, { now });
    beforeEach(async () => {
      place = await makePlace();
      time = Date.now();
    });
    afterEach(() => place.remove());

    it('pages through changes, newest first, each once', async () => {
      const store = await open();
      for (let i = 0; i < 7; i += 1) {
        await store.open(intent(`c${i}`));
        await store.attempt(entry(`a${i}`));
        await store.close(`c${i}`, 'updated', body());
      }
      const seen: string[] = [];
      for (let before: number | undefined; ; ) {
        const page = await store.list({ limit: 4, ...(before === undefined ? {} : { before }) });
        seen.push(...page.map(({ changeId }) => changeId));
        before = page.at(-1)?.seq;
        if (page.length < 4) break;
      }
      expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].flatMap((i) => [`c${i}`, `a${i}`]));
    });

    it('filters', async () => {
      const store = await open();
      await store.attempt(entry('c1', { ...person('jane'), outcome: 'denied' }));
      await store.attempt(entry('c2', { provider: 'other', connection: 'acme', userId: 'jane', outcome: 'failed' }));
      await store.open(intent('c3', { ...person('jane'), connection: 'second' }));
      await store.close('c3', 'updated', body());
      const noon = new Date((time += 60_000)).toISOString();
      await store.open(intent('c4', person('john')));
      const find = async (filter: object): Promise<string[]> =>
        (await store.list({ limit: 9, ...filter })).map(({ changeId }) => changeId);
      expect(await find({ provider: 'acme' })).toEqual(['c4', 'c3', 'c1']);
      expect(await find({ connection: 'second' })).toEqual(['c3']);
      expect(await find({ userId: 'jane' })).toEqual(['c3', 'c2', 'c1']);
      expect(await find({ userId: 'jane', provider: 'acme', connection: 'acme' })).toEqual(['c1']);
      expect(await find({ changeId: 'c3' })).toEqual(['c3']);
      expect(await find({ outcome: 'unverified' })).toEqual(['c4']);
      expect(await find({ outcome: 'updated' })).toEqual(['c3']);
      expect(await find({ since: noon })).toEqual(['c4']);
      expect(await find({ since: noon.replace('Z', '+00:00'), userId: 'jane' })).toEqual([]);
      expect(await find({ since: new Date(time + 1).toISOString() })).toEqual([]);
      expect(await find({ userId: 'nobody' })).toEqual([]);
      await expect(find({ since: 'yesterday' })).rejects.toThrow('ISO 8601');
    });

    it('keeps a chain that verifies, also with what text and JSON allow', async () => {
      const store = await open();
      expect(await store.head()).toEqual({ seq: 0, hash: genesis });
      const id = 'nul \0 lone \ud800 line \u2028 😀';
      const value = JSON.parse('{"__proto__":{"a":1},"b":[null,-0.5,1e300,"\\u0000\\ud800"],"a":{}}');
      const field = recordedField('id', 12345678901234567890n, value);
      await store.open(intent('c1', { userId: id, body: { ...body(), fields: [field] } }));
      expect(await store.open(intent('c2', { userId: id }))).toEqual({ kind: 'busy' });
      expect(await store.lastSeq(person(id))).toBe(1);
      expect((await store.list({ userId: id, limit: 1 }))[0]?.body.fields).toEqual([field]);
      await store.close('c1', 'updated', body());
      const head = await store.head();
      expect(await verifyChain(store.entries(), head)).toEqual({ ok: true, rows: 2 });
      expect(head).toEqual({ seq: 2, hash: (await readEntries(store)).at(-1)?.hash });
    });

    it('lists a no of an earlier version as declined, and leaves its entry as it was written', async () => {
      const store = await open();
      await store.attempt(entry('c1', { outcome: 'refused', body: { ...body(), code: 'refused_by_person' } }));
      expect((await store.list({ limit: 1 }))[0]?.body.code).toBe('declined');
      expect((await readEntries(store))[0]?.body.code).toBe('refused_by_person');
      expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: 1 });
    });

    it('gives entries after a seq, in order', async () => {
      const store = await open();
      await Promise.all(Array.from({ length: 450 }, (_, i) => store.attempt(entry(`c${i}`))));
      expect((await readEntries(store)).map(({ seq }) => seq)).toEqual(Array.from({ length: 450 }, (_, i) => i + 1));
      expect((await readEntries(store, 448)).map(({ seq }) => seq)).toEqual([449, 450]);
    });
  });
}
