import { describe, expect, it } from 'vitest';
import type { ApprovalDecision } from '../../../src/store/approvals.ts';
import type { Place } from '../../support/store/place.ts';
import { body, intent, person } from '../../support/store/samples.ts';
import { createApprovalFixture, day, no, yes } from './approval-fixture.ts';

/** What every store has to do with decisions, and with approvals that are consumed. */
export function testApprovalDecisions(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: decisions`, () => {
    const fixture = createApprovalFixture(makePlace);
    const { request, approve, state } = fixture;

    it('approves with the needed number of different people', async () => {
      await request('a1', { needed: 2 });
      const first = await fixture.approvals.decide('a1', { ...yes('ann'), reason: 'fine' });
      expect(first).toMatchObject({ kind: 'decided', row: { state: 'pending' } });
      expect(await fixture.approvals.decide('a1', yes('ann'))).toEqual({ kind: 'repeated' });
      expect(await fixture.approvals.decide('a1', no('ann'))).toEqual({ kind: 'repeated' });
      fixture.time += 5;
      const second = await fixture.approvals.decide('a1', yes('ben'));
      const row = await fixture.approvals.get('a1');
      expect(second).toEqual({ kind: 'decided', row });
      expect(row).toMatchObject({ state: 'approved' });
      expect(row?.decisions).toEqual([
        { approver: 'ann', yes: true, reason: 'fine', at: new Date(fixture.time - 5).toISOString() },
        { approver: 'ben', yes: true, at: new Date(fixture.time).toISOString() },
      ]);
      expect(await fixture.approvals.decide('a1', yes('cay'))).toEqual({ kind: 'gone' });
      expect(await fixture.approvals.decide('a1', no('cay'))).toEqual({ kind: 'gone' });
      expect(await fixture.approvals.get('a1')).toEqual(row);
    });

    it('counts every one of many decisions made at once', async () => {
      await request('a1', { needed: 10 });
      const names = Array.from({ length: 20 }, (_, i) => `approver ${i % 10}`);
      const results = await Promise.all(names.map((one) => fixture.approvals.decide('a1', yes(one))));
      expect(results.filter(({ kind }) => kind === 'decided')).toHaveLength(10);
      const row = await fixture.approvals.get('a1');
      expect(row).toMatchObject({ state: 'approved' });
      expect(new Set(row?.decisions.map(({ approver }) => approver)).size).toBe(10);
    });

    it('declines with one no', async () => {
      await request('a1', { needed: 2 });
      await fixture.approvals.decide('a1', yes('ann'), Uint8Array.of(1));
      expect(await fixture.approvals.decide('a1', no('ben'))).toMatchObject({
        kind: 'decided',
        row: { state: 'declined' },
      });
      expect(await fixture.approvals.decide('a1', yes('cay'))).toEqual({ kind: 'gone' });
      const row = await fixture.approvals.get('a1');
      expect(row?.decisions.map((decision) => decision.yes)).toEqual([true, false]);
      expect(row).not.toHaveProperty('secret');
    });

    it('decides nothing that has expired or is unknown', async () => {
      await request('a1');
      fixture.time += day;
      expect(await fixture.approvals.decide('a1', yes('ann'))).toEqual({ kind: 'gone' });
      expect(await fixture.approvals.decide('a2', yes('ann'))).toEqual({ kind: 'gone' });
      expect(await fixture.approvals.get('a1')).toMatchObject({ state: 'pending', decisions: [] });
    });

    it('withdraws a pending or approved request once', async () => {
      await request('a1');
      await approve('a2', {}, Uint8Array.of(1));
      await request('a3');
      await fixture.approvals.decide('a3', no('ann'));
      await request('a4', { expiresAt: fixture.time + 5 });
      fixture.time += 5;
      const withdrawn = [];
      for (const id of ['a1', 'a2', 'a3', 'a4', 'a5', 'a1']) withdrawn.push(await fixture.approvals.withdraw(id));
      expect(withdrawn).toEqual([true, true, false, true, false, false]);
      expect(await state('a1')).toBe('withdrawn');
      expect(await fixture.approvals.get('a2')).not.toHaveProperty('secret');
      expect(await fixture.approvals.decide('a1', yes('ann'))).toEqual({ kind: 'gone' });
      expect(await fixture.store.open({ ...intent('a2'), approval: 'a2' })).toEqual({ kind: 'consumed' });
    });

    it('consumes an approval with its intent, once among many', async () => {
      const secret = Uint8Array.of(7, 0, 255);
      await approve('a1', {}, secret);
      expect(await fixture.approvals.get('a1')).toMatchObject({ state: 'approved', secret });
      const tries = Array.from({ length: 20 }, (_, i) =>
        fixture.store.open({ ...intent(`c${i}`, person(`p${i}`)), approval: 'a1' }),
      );
      const kinds = (await Promise.all(tries)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual([...Array<string>(19).fill('consumed'), 'opened']);
      const row = await fixture.approvals.get('a1');
      expect(row).toMatchObject({ state: 'used' });
      expect(row).not.toHaveProperty('secret');
      expect(await fixture.approvals.withdraw('a1')).toBe(false);
    });

    it('opens nothing with a request that is not approved', async () => {
      await request('pending');
      await request('half', { needed: 2 });
      await fixture.approvals.decide('half', yes('ann'));
      await request('declined');
      await fixture.approvals.decide('declined', no('ann'));
      await approve('over', { expiresAt: fixture.time + 5 });
      fixture.time += 5;
      const { seq } = await fixture.store.head();
      for (const approval of ['pending', 'half', 'declined', 'over', 'unknown', '']) {
        expect(await fixture.store.open({ ...intent('c1'), approval })).toEqual({ kind: 'consumed' });
      }
      expect(await fixture.store.head()).toMatchObject({ seq });
    });

    it('does not consume an approval for a change that was not opened', async () => {
      await approve('a1');
      await fixture.store.open(intent('c1'));
      expect(await fixture.store.open({ ...intent('c2'), approval: 'a1' })).toEqual({ kind: 'busy' });
      await fixture.store.close('c1', 'updated', body());
      expect(await fixture.store.open({ ...intent('c2'), since: 0, approval: 'a1' })).toEqual({ kind: 'moved' });
      await expect(fixture.store.open({ ...intent('c1'), approval: 'a1' })).rejects.toThrow('opened before');
      expect(await state('a1')).toBe('approved');
      const nonce = { id: 'yes', expiresAt: fixture.time + day };
      expect(await fixture.store.open({ ...intent('c2'), nonce, approval: 'a2' })).toEqual({ kind: 'consumed' });
      expect(await fixture.store.open({ ...intent('c2'), nonce, approval: 'a1' })).toMatchObject({ kind: 'opened' });
      expect(await state('a1')).toBe('used');
    });

    it('keeps the secret typed last, and shows none of an expired request', async () => {
      await request('a1', { needed: 2 });
      await fixture.approvals.decide('a1', yes('ann'), Uint8Array.of(1));
      await fixture.approvals.decide('a1', yes('ben'), Uint8Array.of(2));
      expect(await fixture.approvals.get('a1')).toMatchObject({ secret: Uint8Array.of(2) });
      fixture.time += day;
      expect(await fixture.approvals.get('a1')).not.toHaveProperty('secret');
    });

    it('takes a yes back until it is used, and exactly one of the two happens', async () => {
      await approve('a1', {}, Uint8Array.of(1));
      expect(await fixture.approvals.takeBack('a1', 'ben')).toBeUndefined();
      const row = await fixture.approvals.takeBack('a1', 'ann');
      expect(row).toMatchObject({ state: 'pending', decisions: [{ approver: 'ann', takenBack: expect.any(String) }] });
      expect(row).not.toHaveProperty('secret');
      expect(await fixture.approvals.takeBack('a1', 'ann')).toBeUndefined();
      expect(await fixture.store.open({ ...intent('c1'), approval: 'a1' })).toEqual({ kind: 'consumed' });
      expect(await fixture.approvals.decide('a1', yes('ann'))).toMatchObject({
        kind: 'decided',
        row: { state: 'approved' },
      });
      for (let round = 0; round < 10; round += 1) {
        await approve(`b${round}`);
        const [opened, taken] = await Promise.all([
          fixture.store.open({ ...intent(`d${round}`, person(`p${round}`)), approval: `b${round}` }),
          fixture.approvals.takeBack(`b${round}`, 'ann'),
        ]);
        expect([opened.kind === 'opened', taken !== undefined].filter(Boolean)).toHaveLength(1);
      }
      fixture.time += day;
      expect(await fixture.approvals.takeBack('a1', 'ann')).toBeUndefined();
    });

    it('consumes an approval with the entry or not at all, wherever in between it expires', async () => {
      const kinds = new Set<string>();
      for (let round = 0; round < 8; round += 1) {
        const [id, changeId] = [`a${round}`, `c${round}`];
        const start = fixture.time;
        await approve(id, {}, Uint8Array.of(1));
        let readings = 0;
        // The clock passes the expiry after `round` readings.
        Object.defineProperty(fixture, 'time', {
          configurable: true,
          get: () => (readings++ < round ? start : start + day),
        });
        const { kind } = await fixture.store.open({ ...intent(changeId, person(`p${round}`)), approval: id });
        Object.defineProperty(fixture, 'time', { configurable: true, writable: true, value: start });
        kinds.add(kind);
        const row = await fixture.approvals.get(id);
        const isOpened = (await fixture.store.list({ changeId, limit: 1 })).length === 1;
        expect([kind, isOpened, row?.state]).toEqual(
          kind === 'opened' ? ['opened', true, 'used'] : ['consumed', false, 'approved'],
        );
        if (isOpened) expect(row).not.toHaveProperty('secret');
      }
      expect(kinds).toEqual(new Set(['consumed', 'opened']));
    });

    it('makes requests pending again that a removed approver agreed to', async () => {
      await fixture.approvals.addApprover('ann', 'v');
      await approve('a1', {}, Uint8Array.of(1));
      await request('a2');
      await fixture.approvals.decide('a2', yes('ben'));
      await approve('a3');
      await fixture.store.open({ ...intent('c1'), approval: 'a3' });
      await fixture.approvals.removeApprover('ann');
      expect(await fixture.approvals.get('a1')).toMatchObject({ state: 'pending', decisions: [{ approver: 'ann' }] });
      expect(await fixture.approvals.get('a1')).not.toHaveProperty('secret');
      expect([await state('a2'), await state('a3')]).toEqual(['approved', 'used']);
    });

    it('makes requests pending again that a changed approver agreed to', async () => {
      const { approvals } = fixture;
      await approvals.addApprover('ann', 'v');
      for (const id of ['a1', 'a2', 'a3']) await approve(id, {}, Uint8Array.of(1));
      const states = async () => await Promise.all(['a1', 'a2', 'a3'].map(state));
      const change = (more: object) =>
        approvals.replaceApprover(
          ({ name }) => name === 'ann',
          (one) => one && { ...one, ...more },
        );
      await fixture.store.open({ ...intent('c1'), approval: 'a3' });
      await change({ signedInAt: 'now' });
      expect(await states()).toEqual(['approved', 'approved', 'used']);
      await change({ may: ['*:ordinary'] });
      expect(await states()).toEqual(['pending', 'pending', 'used']);
      expect(await approvals.get('a1')).toHaveProperty('secret');
      const anyYes = { needed: 1, counted: (all: readonly ApprovalDecision[]) => all, isSame: () => true };
      expect(await approvals.recount('a1', anyYes)).toMatchObject({ state: 'approved' });
      await change({ verifier: 'w' });
      expect(await approvals.get('a1')).not.toHaveProperty('secret');
    });

    it('recounts the yeses of a request by a new rule', async () => {
      const onlyBen = (needed: number) => ({
        needed,
        counted: (decisions: readonly ApprovalDecision[]) => decisions.filter(({ approver }) => approver === 'ben'),
        isSame: (one: string, other: string) => one === other,
      });
      await approve('a1', {}, Uint8Array.of(1));
      expect(await fixture.approvals.recount('a1', onlyBen(1))).toMatchObject({ state: 'pending' });
      expect(await fixture.approvals.get('a1')).not.toHaveProperty('secret');
      expect(await fixture.approvals.decide('a1', yes('ann'), undefined, onlyBen(1))).toMatchObject({
        row: { state: 'pending' },
      });
      const secret = Uint8Array.of(2);
      const decided = await fixture.approvals.decide('a1', yes('ben'), secret, onlyBen(1));
      expect(decided).toMatchObject({ kind: 'decided', row: { state: 'approved' } });
      expect(await fixture.approvals.decide('a1', yes('ben'), undefined, onlyBen(2))).toEqual({ kind: 'repeated' });
      expect(await fixture.approvals.decide('a1', yes('cay'), undefined, onlyBen(1))).toEqual({ kind: 'gone' });
      expect(await fixture.approvals.recount('a1', onlyBen(2))).toMatchObject({ state: 'pending' });
      expect(await fixture.approvals.recount('a1', onlyBen(1))).toMatchObject({ state: 'approved' });
      await fixture.approvals.decide('a1', no('cay'), undefined, onlyBen(2));
      expect(await fixture.approvals.recount('a1', onlyBen(2))).toMatchObject({ state: 'declined' });
      expect(await fixture.approvals.recount('a9', onlyBen(1))).toBeUndefined();
    });

    it('names the change an approval was used for', async () => {
      await approve('a1');
      await fixture.store.open({ ...intent('c1'), approval: 'a1' });
      expect(await fixture.approvals.get('a1')).toMatchObject({ state: 'used', changeId: 'c1' });
      expect(await fixture.approvals.list({ state: 'used', limit: 1 })).toMatchObject([{ changeId: 'c1' }]);
    });
  });
}
