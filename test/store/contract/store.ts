import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Place } from '../../support/store/place.ts';
import { body, deadProcessId, entry, intent, person, readEntries } from '../../support/store/samples.ts';
import { testApprovalDecisions } from './approval-decisions.ts';
import { testApprovalLog } from './approval-log.ts';
import { testApprovals } from './approvals.ts';
import { testBatches } from './batch/batches.ts';
import { testBatchClaims } from './batch/claims.ts';
import { testBatchLog } from './batch/log.ts';
import { testEntries } from './entries.ts';
import { testGuesses } from './guesses.ts';
import { testLong } from './long.ts';
import { testNotices } from './notices.ts';
import { testPeople } from './people.ts';
import { testSearch } from './search.ts';

const hour = 60 * 60_000;

/** What every store has to do. */
export function testStore(name: string, makePlace: () => Promise<Place>): void {
  testEntries(name, makePlace);
  testApprovals(name, makePlace);
  testApprovalDecisions(name, makePlace);
  testApprovalLog(name, makePlace);
  testBatches(name, makePlace);
  testBatchLog(name, makePlace);
  testNotices(name, makePlace);
  testBatchClaims(name, makePlace);
  testGuesses(name, makePlace);
  testPeople(name, makePlace);
  testLong(name, makePlace);
  testSearch(name, makePlace);
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

    it('has one list of what is consumed, whatever consumed it', async () => {
      const store = await open();
      const nonce = (id: string) => ({ id, expiresAt: now() + hour });
      expect(await store.approvals.consume(nonce('n1'))).toBe(true);
      expect(await store.open({ ...intent('c1'), nonce: nonce('n1') })).toEqual({ kind: 'consumed' });
      expect(await store.open({ ...intent('c1'), nonce: nonce('n2') })).toMatchObject({ kind: 'opened' });
      expect(await store.approvals.consume(nonce('n2'))).toBe(false);
      await store.stop();
    });

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
      expect((await readEntries(store)).map(({ kind, seq }) => [seq, kind])).toEqual([
        [1, 'opened'],
        [2, 'closed'],
      ]);
    });

    it('closes a change once, also when several try', async () => {
      const store = await open();
      await store.open(intent('c1'));
      const answers = await Promise.all(
        ['updated', 'failed', 'updated'].map((word) => store.close('c1', word, body())),
      );
      expect(answers).toEqual([true, false, false]);
      expect(await store.close('c1', 'failed', body())).toBe(false);
      expect(await store.close('nothing', 'failed', body())).toBe(false);
      expect(await readEntries(store)).toHaveLength(2);
    });

    it('logs an attempt as one entry that blocks no change', async () => {
      const store = await open();
      await store.attempt(entry('c1', { outcome: 'denied' }));
      expect(await store.list({ limit: 9 })).toMatchObject([{ kind: 'attempt', outcome: 'denied', open: false }]);
      expect(await store.open({ ...intent('c2'), since: 0 })).toEqual({ kind: 'opened', seq: 2 });
      expect(await store.inDoubt()).toEqual([]);
    });

    it('lists a change by its last entry when an attempt came before the write', async () => {
      const store = await open();
      await store.attempt(entry('c1', { outcome: 'needs_approval' }));
      await store.attempt(entry('c1', { outcome: 'needs_approval' }));
      await store.open(intent('c1'));
      expect(await store.list({ limit: 9 })).toMatchObject([{ kind: 'opened', open: true }]);
      await store.close('c1', 'updated', body());
      expect(await store.list({ limit: 9 })).toMatchObject([{ kind: 'closed', outcome: 'updated' }]);
      expect(await store.list({ limit: 9, outcome: 'needs_approval' })).toEqual([]);
    });

    it('gives the newest entry of a user', async () => {
      const store = await open();
      expect(await store.lastSeq(person('jane'))).toBe(0);
      await store.open(intent('c1'));
      await store.attempt(entry('c2', person('john')));
      expect(await store.lastSeq(person('jane'))).toBe(1);
      expect(await store.lastSeq({ ...person('jane'), connection: 'other' })).toBe(0);
      await store.close('c1', 'updated', body());
      expect(await store.lastSeq(person('jane'))).toBe(3);
    });

    it('is busy while a living process changes the user, and only for that user', async () => {
      const store = await open();
      await store.open(intent('c1'));
      expect(await store.open(intent('c2'))).toEqual({ kind: 'busy' });
      expect(await store.open(intent('c3', person('john')))).toMatchObject({ kind: 'opened' });
      await store.close('c1', 'updated', body());
      expect(await store.open(intent('c2'))).toMatchObject({ kind: 'opened' });
    });

    it('opens exactly one of many changes of one user', async () => {
      const store = await open();
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.open({ ...intent(`c${i}`), since: 0 })),
      );
      expect(results.map(({ kind }) => kind).sort()).toEqual([...Array<string>(19).fill('busy'), 'opened']);
    });

    it('notices that a change happened since the user record was read', async () => {
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

    it('finds the open change of a dead process, which has to be closed first', async () => {
      await (await open(deadProcessId())).open(intent('c1'));
      const store = await open();
      expect(await store.inDoubt()).toMatchObject([{ changeId: 'c1', kind: 'opened' }]);
      expect(await store.open(intent('c2'))).toMatchObject({ kind: 'in_doubt', entry: { changeId: 'c1', seq: 1 } });
      expect(await store.close('c1', 'unverified', body())).toBe(true);
      expect(await store.inDoubt()).toEqual([]);
      expect(await store.open({ ...intent('c2'), since: 0 })).toEqual({ kind: 'moved' });
    });

    it('waits for the lease of another host to expire', async () => {
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
      expect(await readEntries(store)).toHaveLength(1);
    });

    it('does not consume a yes on a change that was not opened', async () => {
      const store = await open();
      await store.open(intent('c1'));
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      expect(await store.open({ ...intent('c2'), nonce })).toEqual({ kind: 'busy' });
      await store.close('c1', 'updated', body());
      expect(await store.open({ ...intent('c2'), nonce })).toMatchObject({ kind: 'opened' });
    });

    it('refuses to open a change twice, without harm to entries written at the same time', async () => {
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
      expect((await readEntries(store)).map(({ changeId }) => changeId)).toEqual(['c1', 'c1', 'a1', 'c2', 'a2']);
    });

    it('keeps sealed before-images until they expire', async () => {
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

    it('replaces the before-image at the close, kept as long, and only when it closes', async () => {
      const store = await open();
      await store.open({ ...intent('c1'), beforeImage: { sealed: Uint8Array.of(1), expiresAt: time + 1000 } });
      await store.close('c1', 'updated', body(), Uint8Array.of(2));
      await store.close('c1', 'updated', body(), Uint8Array.of(3));
      expect(await store.beforeImage('c1')).toEqual(Uint8Array.of(2));
      time += 1000;
      expect(await store.beforeImage('c1')).toBeUndefined();
    });

    it('returns the entries of one change, and until when its before-image is kept', async () => {
      const store = await open();
      expect(await store.trail('c1')).toEqual({ entries: [] });
      const expiresAt = time + 1000;
      await store.open({ ...intent('c1'), beforeImage: { sealed: Uint8Array.of(1), expiresAt } });
      await store.attempt({ ...intent('c2', person('p1')).entry, outcome: 'refused' });
      await store.close('c1', 'updated', body());
      const { entries, beforeImageUntil } = await store.trail('c1');
      expect(entries.map(({ seq, kind, outcome }) => [seq, kind, outcome])).toEqual([
        [1, 'opened', 'unverified'],
        [3, 'closed', 'updated'],
      ]);
      expect(entries).toEqual((await readEntries(store)).filter(({ changeId }) => changeId === 'c1'));
      expect(beforeImageUntil).toBe(expiresAt);
      expect(await store.trail('c2')).toMatchObject({ entries: [{ seq: 2 }] });
      time += 1000;
      expect(Object.keys(await store.trail('c1'))).toEqual(['entries']);
    });

    it('consumes a yes with an attempt, also repeatedly', async () => {
      const store = await open();
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      await store.attempt({ ...intent('a1', person('p1')).entry, outcome: 'refused' }, nonce);
      await store.attempt({ ...intent('a2', person('p1')).entry, outcome: 'refused' }, nonce);
      expect(await store.open({ ...intent('c1', person('p1')), nonce })).toEqual({ kind: 'consumed' });
    });

    it('remembers a consumed yes for an hour after it expired, so that no clock ahead of others revives it', async () => {
      const store = await open();
      const nonce = { id: 'yes', expiresAt: time + 1000 };
      await store.open({ ...intent('c1', person('p1')), nonce });
      await store.purgeExpired(time + 999 + hour);
      expect(await store.open({ ...intent('c2', person('p2')), nonce })).toEqual({ kind: 'consumed' });
      await store.purgeExpired(time + 1000 + hour);
      expect(await store.open({ ...intent('c2', person('p2')), nonce })).toMatchObject({ kind: 'opened' });
    });

    it('says since when it knows every consumed yes', async () => {
      const made = time;
      const store = await open();
      time += 5;
      expect((await open()).notBefore).toBe(store.notBefore);
      expect(store.notBefore).toBe(name === 'memory' ? made : 0);
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
