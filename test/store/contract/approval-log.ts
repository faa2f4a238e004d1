import { describe, expect, it } from 'vitest';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import type { Place } from '../../support/store/place.ts';
import { body, entry, intent, person, readEntries } from '../../support/store/samples.ts';
import { createApprovalFixture, day, no, yes } from './approval-fixture.ts';

/** What the audit log of every store says about requests for approval. */
export function testApprovalLog(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: approvals in the audit log`, () => {
    const fixture = createApprovalFixture(makePlace);
    const { request, approve } = fixture;
    const asked = { ...body('asked'), reason: 'new role', batchId: 'b1' };
    const ask = (id: string) => fixture.approvals.request(fixture.newApproval(id), asked);

    const read = async () =>
      (await readEntries(fixture.store)).map(({ kind, outcome, changeId }) => [kind, outcome, changeId].join(' '));
    const last = async () => (await readEntries(fixture.store)).at(-1);

    it('says what was requested and decided, each with what was asked for', async () => {
      await ask('a1');
      expect(await last()).toMatchObject({
        ...person('jane'),
        changeId: 'a1',
        kind: 'approval',
        outcome: 'requested',
        body: { ...asked, approvalId: 'a1' },
      });
      await fixture.approvals.decide('a1', yes('ann'));
      expect(await last()).toMatchObject({
        outcome: 'approved',
        body: { ...asked, approvalId: 'a1', approver: 'ann' },
      });
      await fixture.approvals.takeBack('a1', 'ann');
      expect(await last()).toMatchObject({ outcome: 'taken_back', body: { ...asked, approver: 'ann' } });
      await fixture.approvals.decide('a1', { ...no('ben'), reason: 'said in private' });
      expect(await read()).toEqual([
        'approval requested a1',
        'approval approved a1',
        'approval taken_back a1',
        'approval declined a1',
        'attempt refused a1',
      ]);
      const entries = await readEntries(fixture.store);
      expect(JSON.stringify(entries)).not.toContain('said in private');
      expect(await verifyChain(fixture.store.entries(), await fixture.store.head())).toEqual({ ok: true, rows: 5 });
    });

    it('lists a decline as the refusal of the change, and no other entry about approvals', async () => {
      await ask('a1');
      await approve('a2');
      expect(await fixture.store.list({ limit: 9 })).toEqual([]);
      await fixture.approvals.decide('a1', no('ben'));
      const listed = await fixture.store.list({ limit: 9 });
      expect(listed).toMatchObject([
        { kind: 'attempt', changeId: 'a1', body: { ...asked, declinedBy: 'ben', code: 'declined', approvalId: 'a1' } },
      ]);
      expect(await fixture.store.list({ changeId: 'a2', limit: 9 })).toEqual([]);
      expect(await fixture.store.list({ outcome: 'approved', limit: 9 })).toEqual([]);
    });

    it('logs nothing where nothing changes', async () => {
      await request('a1');
      await request('same', { digest: 'digest of a1' });
      await expect(request('a1', { digest: 'other' })).rejects.toThrow();
      await fixture.approvals.takeBack('a1', 'ann');
      await fixture.approvals.decide('a9', yes('ann'));
      await fixture.approvals.decide('a1', yes('ann'));
      await fixture.approvals.decide('a1', no('ben'));
      await fixture.approvals.withdraw('a1');
      expect(await read()).toEqual(['approval requested a1', 'approval approved a1']);
    });

    it('logs each expiry once, whoever notices it', async () => {
      await request('pending');
      await approve('approved');
      await approve('used');
      await request('declined');
      await fixture.approvals.decide('declined', no('ann'));
      await fixture.store.open({ ...intent('c1'), approval: 'used' });
      await request('later', { expiresAt: fixture.time + day + 1 });
      expect(await fixture.approvals.logExpired()).toBe(0);
      const before = (await read()).length;
      fixture.time += day;
      await Promise.all([1, 2, 3].map(() => fixture.approvals.logExpired()));
      await fixture.approvals.logExpired();
      expect((await read()).slice(before).sort()).toEqual(['approval expired approved', 'approval expired pending']);
      await fixture.approvals.withdraw('pending');
      fixture.time += 1;
      await fixture.approvals.withdraw('later');
      await fixture.approvals.logExpired();
      expect((await read()).slice(before + 2)).toEqual(['approval expired later']);
    });

    it('does not take a request for a move of the user', async () => {
      await fixture.store.attempt(entry('c1'));
      const since = await fixture.store.lastSeq(person('jane'));
      await approve('a1');
      expect(await fixture.store.lastSeq(person('jane'))).toBe(since);
      expect(await fixture.store.open({ ...intent('c2'), since, approval: 'a1' })).toMatchObject({ kind: 'opened' });
    });
  });
}
