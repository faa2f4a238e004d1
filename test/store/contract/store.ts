import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/store/log/entry.ts';
import { genesis, verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store, StoreOptions } from '../../../src/store/store.ts';
import { recordedField } from '../../support/redacted.ts';
import { body, deadOwner, entry, intent, person } from '../../support/store/samples.ts';
import { testApprovals } from './approvals.ts';
import { testGuesses } from './guesses.ts';
import { testLong } from './long.ts';

/** A place for stores. Those opened on one share their contents; one that cannot share gives the first one again. */
export interface Place {
  open(processId: string, options?: StoreOptions): Promise<Store>;
  remove(): Promise<void>;
}

const hour = 60 * 60_000;

/** What every store has to do. */
export function testStore(name: string, makePlace: () => Promise<Place>): void {
  testApprovals(name, makePlace);
  testGuesses(name, makePlace);
  testLong(name, makePlace);
  describe(`${name}: contract`, () => {
    let place: Place;
    let time = Date.now();
    const now = (): number => time;
    const open = (owner = createProcessId()): Promise<Store> => place.open(owner, { now });
    beforeEach(async () => {
      place = await makePlace();
      time = Date.now();
    });
    afterEach(() => place.remove());

    it('opens and closes a change', async () => {
      const store = await open();
      expect(await store.open(intent('c1'))).toEqual({ kind: 'opened', seq: 1 });
      expect(await store.list({ limit: 9 })).toMatchObject([{ changeId: 'c1', kind: 'opened', open: true, seq: 1 }]);
      expect(await store.close('c1', 'updated', body('done'))).toBe(true);
      const listed = await store.list({ limit: 9 });
      expect(listed).toMatchObject(
        [{ ...entry('c1'), kind: 'closed', open: false, outcome: 'updated', seq: 2 }].map((row) => ({
          ...row,
          body: body('done'),
        })),
      );
      expect(listed[0]?.at).toBe(new Date(time).toISOString());
      expect((await all(store)).map(({ kind, seq }) => [seq, kind])).toEqual([
        [1, 'opened'],
        [2, 'closed'],
      ]);
    });

    it('closes a change once, whoever tries', async () => {
      const store = await open();
      await store.open(intent('c1'));
      const answers = await Promise.all(
        ['updated', 'failed', 'updated'].map((word) => store.close('c1', word, body())),
      );
      expect(answers).toEqual([true, false, false]);
      expect(await store.close('c1', 'failed', body())).toBe(false);
      expect(await store.close('nothing', 'failed', body())).toBe(false);
      expect(await all(store)).toHaveLength(2);
    });

    it('records an attempt as one row that blocks nobody', async () => {
      const store = await open();
      await store.attempt(entry('c1', { outcome: 'denied' }));
      expect(await store.list({ limit: 9 })).toMatchObject([{ kind: 'attempt', outcome: 'denied', open: false }]);
      expect(await store.open({ ...intent('c2'), since: 0 })).toEqual({ kind: 'opened', seq: 2 });
      expect(await store.inDoubt()).toEqual([]);
    });

    it('lists a change by its last row when an attempt came before the write', async () => {
      const store = await open();
      await store.attempt(entry('c1', { outcome: 'needs_approval' }));
      await store.attempt(entry('c1', { outcome: 'needs_approval' }));
      await store.open(intent('c1'));
      expect(await store.list({ limit: 9 })).toMatchObject([{ kind: 'opened', open: true }]);
      await store.close('c1', 'updated', body());
      expect(await store.list({ limit: 9 })).toMatchObject([{ kind: 'closed', outcome: 'updated' }]);
      expect(await store.list({ limit: 9, outcome: 'needs_approval' })).toEqual([]);
    });

    it('tells the newest row of a person', async () => {
      const store = await open();
      expect(await store.lastSeq(person('jane'))).toBe(0);
      await store.open(intent('c1'));
      await store.attempt(entry('c2', person('john')));
      expect(await store.lastSeq(person('jane'))).toBe(1);
      expect(await store.lastSeq({ ...person('jane'), connection: 'other' })).toBe(0);
      await store.close('c1', 'updated', body());
      expect(await store.lastSeq(person('jane'))).toBe(3);
    });

    it('is busy while a living process has the person open, and only that person', async () => {
      const store = await open();
      await store.open(intent('c1'));
      expect(await store.open(intent('c2'))).toEqual({ kind: 'busy' });
      expect(await store.open(intent('c3', person('john')))).toMatchObject({ kind: 'opened' });
      await store.close('c1', 'updated', body());
      expect(await store.open(intent('c2'))).toMatchObject({ kind: 'opened' });
    });

    it('lets exactly one of many opens of one person through', async () => {
      const store = await open();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.open({ ...intent(`c${i}`), since: 0 })),
      );
      expect(results.map(({ kind }) => kind).sort()).toEqual([...Array<string>(19).fill('busy'), 'opened']);
    });

    it('notices that a change happened since the record was read', async () => {
      const store = await open();
      const since = await store.lastSeq(person('jane'));
      await store.open({ ...intent('c1'), since });
      await store.close('c1', 'updated', body());
      expect(await store.open({ ...intent('c2'), since })).toEqual({ kind: 'moved' });
      expect(await store.open({ ...intent('c2'), since: 1 })).toEqual({ kind: 'moved' });
      const again = await store.lastSeq(person('jane'));
      await store.attempt(entry('c3', { outcome: 'refused' }));
      expect(await store.open({ ...intent('c2'), since: again })).toMatchObject({ kind: 'opened' });
    });

    it('finds what a dead process left open, and has it closed first', async () => {
      await (await open(deadOwner())).open(intent('c1'));
      const store = await open();
      expect(await store.inDoubt()).toMatchObject([{ changeId: 'c1', kind: 'opened' }]);
      expect(await store.open(intent('c2'))).toMatchObject({ kind: 'in_doubt', entry: { changeId: 'c1', seq: 1 } });
      expect(await store.close('c1', 'unverified', body())).toBe(true);
      expect(await store.inDoubt()).toEqual([]);
      expect(await store.open({ ...intent('c2'), since: 0 })).toEqual({ kind: 'moved' });
    });

    it('waits out the lease of another host', async () => {
      await (await open('elsewhere:7:1:00000000')).open(intent('c1'));
      const store = await open();
      expect(await store.inDoubt()).toEqual([]);
      expect(await store.open(intent('c2'))).toEqual({ kind: 'busy' });
      time += 120_000;
      expect(await store.inDoubt()).toHaveLength(1);
      expect(await store.open(intent('c2'))).toMatchObject({ kind: 'in_doubt' });
    });

    it('consumes a yes once among many parallel opens', async () => {
      const store = await open();
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      const tries = Array.from({ length: 20 }, (_, i) => store.open({ ...intent(`c${i}`, person(`p${i}`)), nonce }));
      const kinds = (await Promise.all(tries)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual([...Array<string>(19).fill('consumed'), 'opened']);
      expect(await all(store)).toHaveLength(1);
    });

    it('does not consume a yes on a change that was not opened', async () => {
      const store = await open();
      await store.open(intent('c1'));
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      expect(await store.open({ ...intent('c2'), nonce })).toEqual({ kind: 'busy' });
      await store.close('c1', 'updated', body());
      expect(await store.open({ ...intent('c2'), nonce })).toMatchObject({ kind: 'opened' });
    });

    it('refuses to open a change twice, without harm to what is recorded at the same time', async () => {
      const store = await open();
      await store.open(intent('c1'));
      await store.close('c1', 'updated', body());
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      const results = await Promise.allSettled([
        store.attempt(entry('a1')),
        store.open({ ...intent('c1'), nonce }),
        store.open({ ...intent('c2'), nonce }),
        store.attempt(entry('a2')),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect((await all(store)).map(({ changeId }) => changeId)).toEqual(['c1', 'c1', 'a1', 'c2', 'a2']);
    });

    it('keeps sealed images until their time is over', async () => {
      const store = await open();
      const sealed = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.open({ ...intent('c1'), beforeImage: { sealed, expiresAt: time + 1000 } });
      expect(await store.beforeImage('c1')).toEqual(sealed);
      expect(await store.beforeImage('c2')).toBeUndefined();
      await store.purgeExpired(time + 999);
      expect(await store.beforeImage('c1')).toEqual(sealed);
      time += 1000;
      expect(await store.beforeImage('c1')).toBeUndefined();
      await store.purgeExpired(time);
      time -= 1000;
      expect(await store.beforeImage('c1')).toBeUndefined();
    });

    it('replaces the image at the close, kept as long, and only when it closes', async () => {
      const store = await open();
      await store.open({ ...intent('c1'), beforeImage: { sealed: Uint8Array.of(1), expiresAt: time + 1000 } });
      await store.close('c1', 'updated', body(), Uint8Array.of(2));
      await store.close('c1', 'updated', body(), Uint8Array.of(3));
      expect(await store.beforeImage('c1')).toEqual(Uint8Array.of(2));
      time += 1000;
      expect(await store.beforeImage('c1')).toBeUndefined();
    });

    it('lets an attempt use a yes up, more than once without complaint', async () => {
      const store = await open();
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      await store.attempt({ ...intent('a1', person('p1')).entry, outcome: 'refused' }, nonce);
      await store.attempt({ ...intent('a2', person('p1')).entry, outcome: 'refused' }, nonce);
      expect(await store.open({ ...intent('c1', person('p1')), nonce })).toEqual({ kind: 'consumed' });
    });

    it('remembers a spent yes for an hour after its time, so that no clock ahead of others brings it back', async () => {
      const store = await open();
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      await store.open({ ...intent('c1', person('p1')), nonce });
      await store.purgeExpired(time + 999 + hour);
      expect(await store.open({ ...intent('c2', person('p2')), nonce })).toEqual({ kind: 'consumed' });
      await store.purgeExpired(time + 1000 + hour);
      expect(await store.open({ ...intent('c2', person('p2')), nonce })).toMatchObject({ kind: 'opened' });
    });

    it('says since when it knows every used yes', async () => {
      const made = time;
      const store = await open();
      time += 5;
      expect((await open()).notBefore).toBe(store.notBefore);
      expect(store.notBefore).toBe(name === 'memory' ? made : 0);
    });

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
      expect(head).toEqual({ seq: 2, hash: (await all(store)).at(-1)?.hash });
    });

    it('lists a no of an earlier version as declined, and leaves its row as it was written', async () => {
      const store = await open();
      await store.attempt(entry('c1', { outcome: 'refused', body: { ...body(), code: 'refused_by_person' } }));
      expect((await store.list({ limit: 1 }))[0]?.body.code).toBe('declined');
      expect((await all(store))[0]?.body.code).toBe('refused_by_person');
      expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: 1 });
    });

    it('gives rows after a seq, in order', async () => {
      const store = await open();
      await Promise.all(Array.from({ length: 450 }, (_, i) => store.attempt(entry(`c${i}`))));
      expect((await all(store)).map(({ seq }) => seq)).toEqual(Array.from({ length: 450 }, (_, i) => i + 1));
      expect((await all(store, 448)).map(({ seq }) => seq)).toEqual([449, 450]);
    });

    it('answers with copies', async () => {
      const store = await open();
      const given = entry('c1');
      await store.attempt(given);
      given.body.caller = 'changed';
      const [listed] = await store.list({ limit: 1 });
      if (listed) listed.body.caller = 'changed';
      expect((await store.list({ limit: 1 }))[0]?.body.caller).toBe('tests');
    });
  });
}

async function all(store: Store, afterSeq?: number): Promise<Entry[]> {
  const rows: Entry[] = [];
  for await (const row of store.entries(afterSeq)) rows.push(row);
  return rows;
}
