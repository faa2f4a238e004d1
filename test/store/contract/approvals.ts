import { describe, expect, it } from 'vitest';
import { TooManyPending } from '../../../src/approvals/eligibility.ts';
import type { ApprovalCursor, NewApproval } from '../../../src/store/approvals.ts';
import type { Place } from '../../support/store/place.ts';
import { body } from '../../support/store/samples.ts';
import { createApprovalFixture, day, hour, ids, no, yes } from './approval-fixture.ts';

/** What every store has to do with requests for approval and approvers. */
export function testApprovals(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: approvals`, () => {
    const fixture = createApprovalFixture(makePlace);
    const { newApproval, request, approve, state } = fixture;

    it('stores a request and gives it back unchanged', async () => {
      const row = {
        ...newApproval('a1'),
        state: 'pending' as const,
        createdAt: new Date(fixture.time).toISOString(),
        decisions: [],
      };
      expect(await request('a1')).toEqual(row);
      expect(await fixture.approvals.get('a1')).toEqual(row);
      expect(await fixture.approvals.findByDigest('digest of a1')).toEqual(row);
      expect(await fixture.approvals.findByRequest('request of a1')).toEqual(row);
      expect(await fixture.approvals.list({ limit: 9 })).toEqual([row]);
      for (const missing of ['a2', 'A1', '']) expect(await fixture.approvals.get(missing)).toBeUndefined();
      expect(await fixture.approvals.findByDigest('digest of a2')).toBeUndefined();
      expect(await fixture.approvals.findByRequest('request of a2')).toBeUndefined();
    });

    it('merges identical pending requests, also many at once', async () => {
      const same = { digest: 'one' };
      const rows = await Promise.all(Array.from({ length: 20 }, (_, i) => request(`a${i}`, same)));
      const [first] = rows;
      expect(new Set(ids(rows)).size).toBe(1);
      expect(await fixture.approvals.countPending()).toBe(1);
      fixture.time += day - 1;
      expect((await request('late', same)).id).toBe(first?.id);
      fixture.time += 1;
      expect((await request('later', same)).id).toBe('later');
      await fixture.approvals.decide('later', no('ann'));
      expect((await request('last', same)).id).toBe('last');
      expect(await fixture.approvals.findByDigest('one')).toMatchObject({ id: 'last', state: 'pending' });
    });

    it('consumes a nonce once, and forgets it an hour after it expired', async () => {
      const form = { id: 'form/1', expiresAt: fixture.time + 1000 };
      expect(await fixture.approvals.isConsumed('form/1')).toBe(false);
      const all = await Promise.all(Array.from({ length: 10 }, () => fixture.approvals.consume(form)));
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await fixture.approvals.isConsumed('form/1')).toBe(true);
      expect(await fixture.approvals.isConsumed('form/2')).toBe(false);
      fixture.time += 999 + hour;
      expect(await fixture.approvals.consume({ id: 'form/2', expiresAt: fixture.time + 1000 })).toBe(true);
      expect(await fixture.approvals.isConsumed('form/1')).toBe(true);
      fixture.time += 1;
      expect(await fixture.approvals.consume({ id: 'form/3', expiresAt: fixture.time + 1000 })).toBe(true);
      expect(await fixture.approvals.isConsumed('form/1')).toBe(false);
      await fixture.store.purgeExpired(fixture.time + 1000 + hour);
      expect(await fixture.approvals.isConsumed('form/2')).toBe(false);
    });

    it('refuses an id that exists', async () => {
      await request('a1');
      await expect(request('a1', { digest: 'another' })).rejects.toThrow();
      expect(await fixture.approvals.get('a1')).toMatchObject({ digest: 'digest of a1' });
    });

    it('lists newest first, by state, and pending without the expired', async () => {
      await request('short', { expiresAt: fixture.time + 5 });
      await request('a1');
      await approve('a2');
      await approve('a3', { expiresAt: fixture.time + 5 });
      await request('a4');
      fixture.time += 5;
      expect(ids(await fixture.approvals.list({ limit: 9 }))).toEqual(['a4', 'a3', 'a2', 'a1', 'short']);
      expect(ids(await fixture.approvals.list({ limit: 2 }))).toEqual(['a4', 'a3']);
      expect(ids(await fixture.approvals.list({ state: 'pending', limit: 9 }))).toEqual(['a4', 'a1']);
      expect(ids(await fixture.approvals.list({ state: 'pending', limit: 1 }))).toEqual(['a4']);
      expect(ids(await fixture.approvals.list({ state: 'approved', limit: 9 }))).toEqual(['a3', 'a2']);
      expect(ids(await fixture.approvals.list({ state: 'used', limit: 9 }))).toEqual([]);
      expect(await fixture.approvals.countPending()).toBe(2);
      await request('again', { requestKey: 'request of a1' });
      expect(await fixture.approvals.findByRequest('request of a1')).toMatchObject({ id: 'again' });
    });

    it('purges secrets of expired requests, and the row 30 days later', async () => {
      await approve('a1', {}, Uint8Array.of(1));
      await approve('a2', { expiresAt: fixture.time + 2 * day }, Uint8Array.of(2));
      await fixture.store.purgeExpired(fixture.time + day);
      expect(await fixture.approvals.get('a1')).not.toHaveProperty('secret');
      expect(await fixture.approvals.get('a2')).toHaveProperty('secret');
      expect(await state('a1')).toBe('approved');
      await fixture.store.purgeExpired(fixture.time + 31 * day - 1);
      expect(await state('a1')).toBe('approved');
      await fixture.store.purgeExpired(fixture.time + 31 * day);
      expect(await state('a1')).toBeUndefined();
      expect(await state('a2')).toBe('approved');
    });

    it('keeps any text', async () => {
      const odd = 'nul \0 lone \ud800 line \u2028 😀';
      await request(odd, { digest: odd, requestKey: odd, caller: odd, userId: odd, needed: 2 });
      await fixture.approvals.decide(odd, { ...yes(odd), reason: odd });
      expect(await fixture.approvals.decide(odd, yes(odd))).toEqual({ kind: 'repeated' });
      const row = await fixture.approvals.get(odd);
      expect(await fixture.approvals.findByDigest(odd)).toEqual(row);
      expect(await fixture.approvals.findByRequest(odd)).toEqual(row);
      expect(row?.caller).toContain('line \u2028 😀');
      expect(row?.decisions[0]?.approver).toBe(row?.caller);
    });

    it('answers with copies', async () => {
      const given = newApproval('a1');
      const answers = [
        await fixture.approvals.request(given, body()),
        await fixture.approvals.get('a1'),
        ...(await fixture.approvals.list({ limit: 1 })),
      ];
      given.view.fill(9);
      for (const row of answers) {
        row?.view.fill(9);
        row?.decisions.push({ approver: 'eve', yes: true, at: '' });
      }
      expect(await fixture.approvals.get('a1')).toMatchObject({ ...newApproval('a1'), decisions: [] });
    });

    it('keeps approvers', async () => {
      const principals = ['ben@acme.example', 'a-token'];
      const may = ['*:ordinary', 'atlassian:*'];
      expect(await fixture.approvals.approvers()).toEqual([]);
      expect(await fixture.approvals.addApprover('ben', 'verifier b', principals, may)).toBe(true);
      expect(await fixture.approvals.addApprover('ann', 'verifier a')).toBe(true);
      expect(await fixture.approvals.addApprover('ann', 'verifier x')).toBe(false);
      const createdAt = new Date(fixture.time).toISOString();
      const ann = { name: 'ann', verifier: 'verifier a', principals: [], may: ['*:*'], createdAt };
      expect(await fixture.approvals.approvers()).toEqual([
        ann,
        { name: 'ben', verifier: 'verifier b', principals, may, createdAt },
      ]);
      expect(await fixture.approvals.removeApprover('ben')).toBe(true);
      expect(await fixture.approvals.removeApprover('ben')).toBe(false);
      expect(await fixture.approvals.approvers()).toEqual([ann]);
    });

    it('refuses an approver who cannot be distinguished from another, however many are added at once', async () => {
      await fixture.approvals.addApprover('ann', 'v', ['ann@acme.example']);
      const alike = ['Ann', '\u0430nn', 'ANN@acme.example'];
      expect(await Promise.all(alike.map((name) => fixture.approvals.addApprover(name, 'v')))).toEqual([
        false,
        false,
        false,
      ]);
      expect(await fixture.approvals.addApprover('cay', 'v', ['Ann'])).toBe(false);
      const added = await Promise.all(
        ['ben', 'Ben', 'BEN', 'b\u0435n'].map((name) => fixture.approvals.addApprover(name, 'v')),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await fixture.approvals.approvers()).toHaveLength(2);
    });

    it('replaces an approver, and none that could be mistaken for another', async () => {
      const { approvals } = fixture;
      await approvals.addApprover('ann', 'v', ['ann@acme.example']);
      await approvals.addApprover('ben', 'w');
      const since = new Date(fixture.time).toISOString();
      fixture.time += 1000;
      const isAnn = ({ name }: { name: string }) => name === 'ann';
      const may = ['*:ordinary'];
      expect(await approvals.replaceApprover(isAnn, (one) => one && { ...one, may })).toEqual({ kind: 'replaced' });
      const renamed = { name: 'Ann Lee', verifier: 'x', principals: ['sub 1'], may, signedInAt: since };
      expect(await approvals.replaceApprover(isAnn, () => renamed)).toEqual({ kind: 'replaced' });
      expect(await approvals.approvers()).toMatchObject([{ ...renamed, createdAt: since }, { name: 'ben' }]);
      expect(await approvals.replaceApprover(isAnn, (one) => one)).toEqual({ kind: 'unknown' });
      const taken = await approvals.replaceApprover(isAnn, () => ({ ...renamed, name: 'cay', principals: ['BEN'] }));
      expect(taken).toMatchObject({ kind: 'taken', by: { name: 'ben' } });
      expect(await approvals.replaceApprover(isAnn, () => ({ ...renamed, name: 'cay', principals: [] }))).toEqual({
        kind: 'replaced',
      });
      expect((await approvals.approvers()).map(({ name }) => name)).toEqual(['Ann Lee', 'ben', 'cay']);
    });

    it('finds the newest no to a change, whatever else was requested with it', async () => {
      await request('a1', { changeKey: 'k' });
      expect(await fixture.approvals.findDeclined('k')).toBeUndefined();
      await fixture.approvals.decide('a1', no('ann'));
      expect(await fixture.approvals.findDeclined('k')).toMatchObject({ id: 'a1', changeKey: 'k' });
      expect(await fixture.approvals.findDeclined('')).toBeUndefined();
      await request('a2', { changeKey: 'k', expiresAt: fixture.time + 5 });
      await fixture.approvals.decide('a2', no('ben'));
      expect(await fixture.approvals.findDeclined('k')).toMatchObject({ id: 'a2' });
      fixture.time += 5;
      expect(await fixture.approvals.findDeclined('k')).toMatchObject({ id: 'a1' });
      fixture.time += day;
      expect(await fixture.approvals.findDeclined('k')).toBeUndefined();
    });

    it('limits the pending requests of one caller, and still merges identical ones', async () => {
      const ask = (id: string, more: Partial<NewApproval> = {}) =>
        fixture.approvals.request(newApproval(id, more), body(), 3);
      const many = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => ask(`a${i}`)));
      expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      await expect(ask('b1')).rejects.toThrow(TooManyPending);
      const [first] = await fixture.approvals.list({ state: 'pending', limit: 1 });
      expect(await ask('b2', { digest: first?.digest ?? '' })).toMatchObject({ id: first?.id });
      expect(await ask('b3', { caller: 'another' })).toMatchObject({ id: 'b3' });
      await fixture.approvals.decide(first?.id ?? '', no('ann'));
      expect(await ask('b4')).toMatchObject({ id: 'b4' });
      fixture.time += day;
      expect(await ask('b5', { expiresAt: fixture.time + 5 })).toMatchObject({ id: 'b5' });
    });

    it('pages through unexpired requests, soonest to expire first, and misses none', async () => {
      const left = [5, 3, 3, 9, 1, 3];
      for (const [index, ms] of left.entries()) await request(`a${index}`, { expiresAt: fixture.time + ms });
      await approve('yes1', { expiresAt: fixture.time + 2 });
      fixture.time += 1;
      const seen: string[] = [];
      let after: ApprovalCursor | undefined;
      for (;;) {
        const page = await fixture.approvals.listUnexpired({ state: 'pending', limit: 2, ...(after && { after }) });
        seen.push(...ids(page));
        const last = page.at(-1);
        if (!last) break;
        after = { expiresAt: last.expiresAt, id: last.id };
      }
      expect(seen).toEqual(['a1', 'a2', 'a5', 'a0', 'a3']);
      expect(ids(await fixture.approvals.listUnexpired({ state: 'approved', limit: 9 }))).toEqual(['yes1']);
      fixture.time += 1;
      expect(await fixture.approvals.listUnexpired({ state: 'approved', limit: 9 })).toEqual([]);
    });
  });
}
