import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TooManyPending } from '../../../src/approvals/eligibility.ts';
import type {
  ApprovalCursor,
  ApprovalDecision,
  ApprovalRow,
  Approvals,
  NewApproval,
} from '../../../src/store/approvals.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { body, intent, person } from '../../support/store/samples.ts';
import type { Place } from './store.ts';

const hour = 60 * 60_000;
const day = 24 * hour;

/** What every store has to do with approvals. */
export function testApprovals(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: approvals`, () => {
    let place: Place;
    let store: Store;
    let approvals: Approvals;
    let time = Date.now();
    beforeEach(async () => {
      place = await makePlace();
      time = Date.now();
      store = await place.open(createProcessId(), { now: () => time });
      ({ approvals } = store);
    });
    afterEach(() => place.remove());

    const wanted = (id: string, more: Partial<NewApproval> = {}): NewApproval => ({
      id,
      digest: `digest of ${id}`,
      requestKey: `request of ${id}`,
      caller: 'tests',
      ...person('jane'),
      expiresAt: time + day,
      needed: 1,
      view: Uint8Array.from({ length: 256 }, (_, i) => i),
      ...more,
    });
    const yes = (approver: string) => ({ approver, yes: true });
    const no = (approver: string) => ({ approver, yes: false });
    const request = (id: string, more?: Partial<NewApproval>): Promise<ApprovalRow> =>
      approvals.request(wanted(id, more));
    const approve = async (id: string, more?: Partial<NewApproval>, secret?: Uint8Array): Promise<void> => {
      await request(id, more);
      expect(await approvals.decide(id, yes('ann'), secret)).toMatchObject({ kind: 'decided' });
    };
    const state = async (id: string): Promise<string | undefined> => (await approvals.get(id))?.state;
    const ids = (rows: ApprovalRow[]): string[] => rows.map(({ id }) => id);

    it('puts a request up and gives it back as it was', async () => {
      const row = {
        ...wanted('a1'),
        state: 'pending' as const,
        createdAt: new Date(time).toISOString(),
        decisions: [],
      };
      expect(await request('a1')).toEqual(row);
      expect(await approvals.get('a1')).toEqual(row);
      expect(await approvals.findByDigest('digest of a1')).toEqual(row);
      expect(await approvals.findByRequest('request of a1')).toEqual(row);
      expect(await approvals.list({ limit: 9 })).toEqual([row]);
      for (const missing of ['a2', 'A1', '']) expect(await approvals.get(missing)).toBeUndefined();
      expect(await approvals.findByDigest('digest of a2')).toBeUndefined();
      expect(await approvals.findByRequest('request of a2')).toBeUndefined();
    });

    it('takes identical pending requests for one, also many at once', async () => {
      const same = { digest: 'one' };
      const rows = await Promise.all(Array.from({ length: 20 }, (_, i) => request(`a${i}`, same)));
      const [first] = rows;
      expect(new Set(ids(rows)).size).toBe(1);
      expect(await approvals.countPending()).toBe(1);
      time += day - 1;
      expect((await request('late', same)).id).toBe(first?.id);
      time += 1;
      expect((await request('later', same)).id).toBe('later');
      await approvals.decide('later', no('ann'));
      expect((await request('last', same)).id).toBe('last');
      expect(await approvals.findByDigest('one')).toMatchObject({ id: 'last', state: 'pending' });
    });

    it('consumes what counts once, and forgets it an hour after its time', async () => {
      const form = { id: 'form/1', expiresAt: time + 1000 };
      expect(await approvals.isConsumed('form/1')).toBe(false);
      const all = await Promise.all(Array.from({ length: 10 }, () => approvals.consume(form)));
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await approvals.isConsumed('form/1')).toBe(true);
      expect(await approvals.isConsumed('form/2')).toBe(false);
      time += 999 + hour;
      expect(await approvals.consume({ id: 'form/2', expiresAt: time + 1000 })).toBe(true);
      expect(await approvals.isConsumed('form/1')).toBe(true);
      time += 1;
      expect(await approvals.consume({ id: 'form/3', expiresAt: time + 1000 })).toBe(true);
      expect(await approvals.isConsumed('form/1')).toBe(false);
      await store.purgeExpired(time + 1000 + hour);
      expect(await approvals.isConsumed('form/2')).toBe(false);
    });

    it('refuses an id that is taken', async () => {
      await request('a1');
      await expect(request('a1', { digest: 'another' })).rejects.toThrow();
      expect(await approvals.get('a1')).toMatchObject({ digest: 'digest of a1' });
    });

    it('approves with the needed number of different people', async () => {
      await request('a1', { needed: 2 });
      const first = await approvals.decide('a1', { ...yes('ann'), reason: 'fine' });
      expect(first).toMatchObject({ kind: 'decided', row: { state: 'pending' } });
      expect(await approvals.decide('a1', yes('ann'))).toEqual({ kind: 'repeated' });
      expect(await approvals.decide('a1', no('ann'))).toEqual({ kind: 'repeated' });
      time += 5;
      const second = await approvals.decide('a1', yes('ben'));
      const row = await approvals.get('a1');
      expect(second).toEqual({ kind: 'decided', row });
      expect(row).toMatchObject({ state: 'approved' });
      expect(row?.decisions).toEqual([
        { approver: 'ann', yes: true, reason: 'fine', at: new Date(time - 5).toISOString() },
        { approver: 'ben', yes: true, at: new Date(time).toISOString() },
      ]);
      expect(await approvals.decide('a1', yes('cay'))).toEqual({ kind: 'gone' });
      expect(await approvals.decide('a1', no('cay'))).toEqual({ kind: 'gone' });
      expect(await approvals.get('a1')).toEqual(row);
    });

    it('counts each of many deciding at once', async () => {
      await request('a1', { needed: 10 });
      const names = Array.from({ length: 20 }, (_, i) => `approver ${i % 10}`);
      const results = await Promise.all(names.map((one) => approvals.decide('a1', yes(one))));
      expect(results.filter(({ kind }) => kind === 'decided')).toHaveLength(10);
      const row = await approvals.get('a1');
      expect(row).toMatchObject({ state: 'approved' });
      expect(new Set(row?.decisions.map(({ approver }) => approver)).size).toBe(10);
    });

    it('declines with one no', async () => {
      await request('a1', { needed: 2 });
      await approvals.decide('a1', yes('ann'), Uint8Array.of(1));
      expect(await approvals.decide('a1', no('ben'))).toMatchObject({ kind: 'decided', row: { state: 'declined' } });
      expect(await approvals.decide('a1', yes('cay'))).toEqual({ kind: 'gone' });
      const row = await approvals.get('a1');
      expect(row?.decisions.map((decision) => decision.yes)).toEqual([true, false]);
      expect(row).not.toHaveProperty('secret');
    });

    it('decides nothing that is over or unknown', async () => {
      await request('a1');
      time += day;
      expect(await approvals.decide('a1', yes('ann'))).toEqual({ kind: 'gone' });
      expect(await approvals.decide('a2', yes('ann'))).toEqual({ kind: 'gone' });
      expect(await approvals.get('a1')).toMatchObject({ state: 'pending', decisions: [] });
    });

    it('takes back what is pending or approved, once', async () => {
      await request('a1');
      await approve('a2', {}, Uint8Array.of(1));
      await request('a3');
      await approvals.decide('a3', no('ann'));
      await request('a4', { expiresAt: time + 5 });
      time += 5;
      const withdrawn = [];
      for (const id of ['a1', 'a2', 'a3', 'a4', 'a5', 'a1']) withdrawn.push(await approvals.withdraw(id));
      expect(withdrawn).toEqual([true, true, false, true, false, false]);
      expect(await state('a1')).toBe('withdrawn');
      expect(await approvals.get('a2')).not.toHaveProperty('secret');
      expect(await approvals.decide('a1', yes('ann'))).toEqual({ kind: 'gone' });
      expect(await store.open({ ...intent('a2'), approval: 'a2' })).toEqual({ kind: 'consumed' });
    });

    it('lists newest first, by state, and pending without what is over', async () => {
      await request('short', { expiresAt: time + 5 });
      await request('a1');
      await approve('a2');
      await approve('a3', { expiresAt: time + 5 });
      await request('a4');
      time += 5;
      expect(ids(await approvals.list({ limit: 9 }))).toEqual(['a4', 'a3', 'a2', 'a1', 'short']);
      expect(ids(await approvals.list({ limit: 2 }))).toEqual(['a4', 'a3']);
      expect(ids(await approvals.list({ state: 'pending', limit: 9 }))).toEqual(['a4', 'a1']);
      expect(ids(await approvals.list({ state: 'pending', limit: 1 }))).toEqual(['a4']);
      expect(ids(await approvals.list({ state: 'approved', limit: 9 }))).toEqual(['a3', 'a2']);
      expect(ids(await approvals.list({ state: 'used', limit: 9 }))).toEqual([]);
      expect(await approvals.countPending()).toBe(2);
      await request('again', { requestKey: 'request of a1' });
      expect(await approvals.findByRequest('request of a1')).toMatchObject({ id: 'again' });
    });

    it('uses an approval up with the intent it is for, once among many', async () => {
      const secret = Uint8Array.of(7, 0, 255);
      await approve('a1', {}, secret);
      expect(await approvals.get('a1')).toMatchObject({ state: 'approved', secret });
      const tries = Array.from({ length: 20 }, (_, i) =>
        store.open({ ...intent(`c${i}`, person(`p${i}`)), approval: 'a1' }),
      );
      const kinds = (await Promise.all(tries)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual([...Array<string>(19).fill('consumed'), 'opened']);
      const row = await approvals.get('a1');
      expect(row).toMatchObject({ state: 'used' });
      expect(row).not.toHaveProperty('secret');
      expect(await approvals.withdraw('a1')).toBe(false);
    });

    it('opens nothing with what is not approved', async () => {
      await request('pending');
      await request('half', { needed: 2 });
      await approvals.decide('half', yes('ann'));
      await request('declined');
      await approvals.decide('declined', no('ann'));
      await approve('over', { expiresAt: time + 5 });
      time += 5;
      for (const approval of ['pending', 'half', 'declined', 'over', 'unknown', '']) {
        expect(await store.open({ ...intent('c1'), approval })).toEqual({ kind: 'consumed' });
      }
      expect(await store.head()).toMatchObject({ seq: 0 });
    });

    it('does not use an approval for a change that was not opened', async () => {
      await approve('a1');
      await store.open(intent('c1'));
      expect(await store.open({ ...intent('c2'), approval: 'a1' })).toEqual({ kind: 'busy' });
      await store.close('c1', 'updated', body());
      expect(await store.open({ ...intent('c2'), since: 0, approval: 'a1' })).toEqual({ kind: 'moved' });
      await expect(store.open({ ...intent('c1'), approval: 'a1' })).rejects.toThrow('opened before');
      expect(await state('a1')).toBe('approved');
      const nonce = { id: 'yes', expiresAt: time + day };
      expect(await store.open({ ...intent('c2'), nonce, approval: 'a2' })).toEqual({ kind: 'consumed' });
      expect(await store.open({ ...intent('c2'), nonce, approval: 'a1' })).toMatchObject({ kind: 'opened' });
      expect(await state('a1')).toBe('used');
    });

    it('keeps the secret typed last, and shows none once its time is over', async () => {
      await request('a1', { needed: 2 });
      await approvals.decide('a1', yes('ann'), Uint8Array.of(1));
      await approvals.decide('a1', yes('ben'), Uint8Array.of(2));
      expect(await approvals.get('a1')).toMatchObject({ secret: Uint8Array.of(2) });
      time += day;
      expect(await approvals.get('a1')).not.toHaveProperty('secret');
    });

    it('sweeps secrets of what is over, and a row 30 days after', async () => {
      await approve('a1', {}, Uint8Array.of(1));
      await approve('a2', { expiresAt: time + 2 * day }, Uint8Array.of(2));
      await store.purgeExpired(time + day);
      expect(await approvals.get('a1')).not.toHaveProperty('secret');
      expect(await approvals.get('a2')).toHaveProperty('secret');
      expect(await state('a1')).toBe('approved');
      await store.purgeExpired(time + 31 * day - 1);
      expect(await state('a1')).toBe('approved');
      await store.purgeExpired(time + 31 * day);
      expect(await state('a1')).toBeUndefined();
      expect(await state('a2')).toBe('approved');
    });

    it('keeps what text allows', async () => {
      const odd = 'nul \0 lone \ud800 line \u2028 😀';
      await request(odd, { digest: odd, requestKey: odd, caller: odd, userId: odd, needed: 2 });
      await approvals.decide(odd, { ...yes(odd), reason: odd });
      expect(await approvals.decide(odd, yes(odd))).toEqual({ kind: 'repeated' });
      const row = await approvals.get(odd);
      expect(await approvals.findByDigest(odd)).toEqual(row);
      expect(await approvals.findByRequest(odd)).toEqual(row);
      expect(row?.caller).toContain('line \u2028 😀');
      expect(row?.decisions[0]?.approver).toBe(row?.caller);
    });

    it('answers with copies', async () => {
      const given = wanted('a1');
      const answers = [
        await approvals.request(given),
        await approvals.get('a1'),
        ...(await approvals.list({ limit: 1 })),
      ];
      given.view.fill(9);
      for (const row of answers) {
        row?.view.fill(9);
        row?.decisions.push({ approver: 'eve', yes: true, at: '' });
      }
      expect(await approvals.get('a1')).toMatchObject({ ...wanted('a1'), decisions: [] });
    });

    it('keeps approvers', async () => {
      expect(await approvals.approvers()).toEqual([]);
      expect(await approvals.addApprover('ben', 'verifier b', ['ben@acme.example', 'a-token'])).toBe(true);
      expect(await approvals.addApprover('ann', 'verifier a')).toBe(true);
      expect(await approvals.addApprover('ann', 'verifier x')).toBe(false);
      const createdAt = new Date(time).toISOString();
      const ann = { name: 'ann', verifier: 'verifier a', principals: [], createdAt };
      const principals = ['ben@acme.example', 'a-token'];
      expect(await approvals.approvers()).toEqual([
        ann,
        { name: 'ben', verifier: 'verifier b', principals, createdAt },
      ]);
      expect(await approvals.removeApprover('ben')).toBe(true);
      expect(await approvals.removeApprover('ben')).toBe(false);
      expect(await approvals.approvers()).toEqual([ann]);
    });

    it('takes no approver who cannot be told from another, however many are added at once', async () => {
      await approvals.addApprover('ann', 'v', ['ann@acme.example']);
      const alike = ['Ann', '\u0430nn', 'ANN@acme.example'];
      expect(await Promise.all(alike.map((name) => approvals.addApprover(name, 'v')))).toEqual([false, false, false]);
      expect(await approvals.addApprover('cay', 'v', ['Ann'])).toBe(false);
      const added = await Promise.all(
        ['ben', 'Ben', 'BEN', 'b\u0435n'].map((name) => approvals.addApprover(name, 'v')),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await approvals.approvers()).toHaveLength(2);
    });

    it('takes a yes back until it is used, and one of the two happens', async () => {
      await approve('a1', {}, Uint8Array.of(1));
      expect(await approvals.takeBack('a1', 'ben')).toBeUndefined();
      const row = await approvals.takeBack('a1', 'ann');
      expect(row).toMatchObject({ state: 'pending', decisions: [{ approver: 'ann', takenBack: expect.any(String) }] });
      expect(row).not.toHaveProperty('secret');
      expect(await approvals.takeBack('a1', 'ann')).toBeUndefined();
      expect(await store.open({ ...intent('c1'), approval: 'a1' })).toEqual({ kind: 'consumed' });
      expect(await approvals.decide('a1', yes('ann'))).toMatchObject({ kind: 'decided', row: { state: 'approved' } });
      for (let round = 0; round < 10; round += 1) {
        await approve(`b${round}`);
        const [opened, taken] = await Promise.all([
          store.open({ ...intent(`d${round}`, person(`p${round}`)), approval: `b${round}` }),
          approvals.takeBack(`b${round}`, 'ann'),
        ]);
        expect([opened.kind === 'opened', taken !== undefined].filter(Boolean)).toHaveLength(1);
      }
      time += day;
      expect(await approvals.takeBack('a1', 'ann')).toBeUndefined();
    });

    it('puts what a removed approver agreed to back among what waits', async () => {
      await approvals.addApprover('ann', 'v');
      await approve('a1', {}, Uint8Array.of(1));
      await request('a2');
      await approvals.decide('a2', yes('ben'));
      await approve('a3');
      await store.open({ ...intent('c1'), approval: 'a3' });
      await approvals.removeApprover('ann');
      expect(await approvals.get('a1')).toMatchObject({ state: 'pending', decisions: [{ approver: 'ann' }] });
      expect(await approvals.get('a1')).not.toHaveProperty('secret');
      expect([await state('a2'), await state('a3')]).toEqual(['approved', 'used']);
    });

    it('settles a request by what counts now', async () => {
      const onlyBen = (needed: number) => ({
        needed,
        counted: (decisions: readonly ApprovalDecision[]) => decisions.filter(({ approver }) => approver === 'ben'),
        isSame: (one: string, other: string) => one === other,
      });
      await approve('a1', {}, Uint8Array.of(1));
      expect(await approvals.recount('a1', onlyBen(1))).toMatchObject({ state: 'pending' });
      expect(await approvals.get('a1')).not.toHaveProperty('secret');
      expect(await approvals.decide('a1', yes('ann'), undefined, onlyBen(1))).toMatchObject({
        row: { state: 'pending' },
      });
      const secret = Uint8Array.of(2);
      const decided = await approvals.decide('a1', yes('ben'), secret, onlyBen(1));
      expect(decided).toMatchObject({ kind: 'decided', row: { state: 'approved' } });
      expect(await approvals.decide('a1', yes('ben'), undefined, onlyBen(2))).toEqual({ kind: 'repeated' });
      expect(await approvals.decide('a1', yes('cay'), undefined, onlyBen(1))).toEqual({ kind: 'gone' });
      expect(await approvals.recount('a1', onlyBen(2))).toMatchObject({ state: 'pending' });
      expect(await approvals.recount('a1', onlyBen(1))).toMatchObject({ state: 'approved' });
      await approvals.decide('a1', no('cay'), undefined, onlyBen(2));
      expect(await approvals.recount('a1', onlyBen(2))).toMatchObject({ state: 'declined' });
      expect(await approvals.recount('a9', onlyBen(1))).toBeUndefined();
    });

    it('says which change an approval was used for', async () => {
      await approve('a1');
      await store.open({ ...intent('c1'), approval: 'a1' });
      expect(await approvals.get('a1')).toMatchObject({ state: 'used', changeId: 'c1' });
      expect(await approvals.list({ state: 'used', limit: 1 })).toMatchObject([{ changeId: 'c1' }]);
    });

    it('finds the newest no to a change, whatever was asked with it', async () => {
      await request('a1', { changeKey: 'k' });
      expect(await approvals.findDeclined('k')).toBeUndefined();
      await approvals.decide('a1', no('ann'));
      expect(await approvals.findDeclined('k')).toMatchObject({ id: 'a1', changeKey: 'k' });
      expect(await approvals.findDeclined('')).toBeUndefined();
      await request('a2', { changeKey: 'k', expiresAt: time + 5 });
      await approvals.decide('a2', no('ben'));
      expect(await approvals.findDeclined('k')).toMatchObject({ id: 'a2' });
      time += 5;
      expect(await approvals.findDeclined('k')).toMatchObject({ id: 'a1' });
      time += day;
      expect(await approvals.findDeclined('k')).toBeUndefined();
    });

    it('lets so many requests of one caller wait, and identical ones still be one', async () => {
      const ask = (id: string, more: Partial<NewApproval> = {}) => approvals.request(wanted(id, more), 3);
      const many = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => ask(`a${i}`)));
      expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      await expect(ask('b1')).rejects.toThrow(TooManyPending);
      const [first] = await approvals.list({ state: 'pending', limit: 1 });
      expect(await ask('b2', { digest: first?.digest ?? '' })).toMatchObject({ id: first?.id });
      expect(await ask('b3', { caller: 'another' })).toMatchObject({ id: 'b3' });
      await approvals.decide(first?.id ?? '', no('ann'));
      expect(await ask('b4')).toMatchObject({ id: 'b4' });
      time += day;
      expect(await ask('b5', { expiresAt: time + 5 })).toMatchObject({ id: 'b5' });
    });

    it('pages through what waits, soonest to expire first, and misses nothing', async () => {
      const left = [5, 3, 3, 9, 1, 3];
      for (const [index, ms] of left.entries()) await request(`a${index}`, { expiresAt: time + ms });
      await approve('yes1', { expiresAt: time + 2 });
      time += 1;
      const seen: string[] = [];
      let after: ApprovalCursor | undefined;
      for (;;) {
        const page = await approvals.listUnexpired({ state: 'pending', limit: 2, ...(after && { after }) });
        seen.push(...ids(page));
        const last = page.at(-1);
        if (!last) break;
        after = { expiresAt: last.expiresAt, id: last.id };
      }
      expect(seen).toEqual(['a1', 'a2', 'a5', 'a0', 'a3']);
      expect(ids(await approvals.listUnexpired({ state: 'approved', limit: 9 }))).toEqual(['yes1']);
      time += 1;
      expect(await approvals.listUnexpired({ state: 'approved', limit: 9 })).toEqual([]);
    });
  });
}
