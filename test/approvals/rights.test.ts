import { describe, expect, it, onTestFinished } from 'vitest';
import { mayDecide, maySee, toRights } from '../../src/approvals/rights.ts';
import { type ApprovalService, createApprovalService } from '../../src/approvals/service.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { serveApprovalPage } from '../support/approvals/page.ts';

describe('rights', () => {
  it('cover a change if there is one to each effect at that provider', () => {
    const may = ['atlassian:ordinary', '*:access', 'awork:*'];
    expect(mayDecide(may, 'atlassian', ['ordinary', 'access'])).toBe(true);
    expect(mayDecide(may, 'atlassian', ['ordinary', 'lifecycle'])).toBe(false);
    expect(mayDecide(may, 'dayzero', ['access'])).toBe(true);
    expect(mayDecide(may, 'dayzero', ['ordinary'])).toBe(false);
    expect(mayDecide(may, 'awork', ['secret', 'identity'])).toBe(true);
    // An effect that is not known, as in a request of an earlier version.
    expect([may, ['*:access']].map((rights) => mayDecide(rights, 'awork', ['']))).toEqual([true, false]);
    expect(mayDecide([], 'awork', ['ordinary'])).toBe(false);
  });

  it('say whose requests an approver sees', () => {
    expect(['atlassian', 'awork'].map((id) => maySee(['atlassian:access'], id))).toEqual([true, false]);
    expect(maySee(['*:access'], 'awork')).toBe(true);
    expect(maySee([], 'awork')).toBe(false);
  });

  it('are kept once each, and everything by itself', () => {
    expect(toRights([])).toEqual({ may: ['*:*'] });
    expect(toRights(['*:access', 'awork:*', '*:access'])).toEqual({ may: ['*:access', 'awork:*'] });
    expect(toRights(['awork:*', '*:*'])).toEqual({ may: ['*:*'] });
    for (const wrong of [
      'awork',
      ':access',
      'awork:',
      'awork:title',
      '*',
      'Awork:access',
      'a:b:access',
      'awork: access',
    ]) {
      expect(toRights(['*:*', wrong])).toEqual({ wrong });
    }
  });
});

describe('an approver', { timeout: 60_000 }, () => {
  const jane = idOf('atlassian', 'jane');
  async function start(may: string[]) {
    const config = { policy: { rules: [{ field: '*', decision: 'approve' }] } };
    const served = await serveApprovalPage({ config }, ['ben']);
    onTestFinished(() => served.stop());
    const { approvals } = await served.pipeline.app.store();
    const [ben] = await approvals.approvers();
    await approvals.addApprover('ann', ben?.verifier ?? '', [], may);
    const service: ApprovalService = await createApprovalService(served.pipeline.app);
    const ask = async (connection: string, set: object) =>
      await served.pipeline.call(connection, {
        user_id: connection === 'atlassian' ? jane : idOf('awork', 'jane'),
        set,
      });
    const change = (to: string[]) =>
      approvals.replaceApprover(
        ({ name }) => name === 'ann',
        (one) => one && { ...one, may: to },
      );
    return { served, service, ask, change };
  }

  it('decides with a right to every effect, sees requests with a right at the provider, and others not at all', async () => {
    const { served, service, ask } = await start(['atlassian:ordinary']);
    const title = (await ask('atlassian', { title: 'Boss' })).approval?.id ?? '';
    const both = (await ask('atlassian', { title: 'Chief', active: false })).approval?.id ?? '';
    const elsewhere = (await ask('awork', { title: 'Boss' })).approval?.id ?? '';
    const client = await served.signIn('ann');
    const list = (await client.get('/approvals')).body;
    expect([title, both, elsewhere].map((id) => list.includes(id))).toEqual([true, true, false]);
    expect(await service.countPending('ann')).toBe(2);

    const seen = (await client.get(`/approvals/${both}`)).body;
    expect(seen).toContain('You have no right to decide on lifecycle changes at Atlassian.');
    expect(seen).not.toMatch(/approve"|decline"/);
    for (const yes of [true, false]) expect(await service.decide(both, 'ann', { yes })).toEqual({ kind: 'no-right' });
    expect((await client.get(`/approvals/${elsewhere}`)).status).toBe(404);
    expect(await service.decide(elsewhere, 'ann', { yes: false })).toEqual({ kind: 'gone' });
    // The same list and pages for an approver who may decide on everything.
    const other = await served.signIn('ben');
    expect((await other.get(`/approvals/${elsewhere}`)).status).toBe(200);
    expect(await service.countPending('ben')).toBe(3);

    expect(await service.decide(title, 'ann', { yes: true })).toMatchObject({ kind: 'decided' });
    expect((await ask('atlassian', { title: 'Boss' })).outcome).toBe('updated');
  });

  it('whose rights were taken away has given no yes, until they are given back', async () => {
    const { service, ask, change } = await start(['*:*']);
    const call = () => ask('atlassian', { active: false });
    const id = (await call()).approval?.id ?? '';
    const decision = { yes: true, typed: 'Jane Doe' };
    expect(await service.decide(id, 'ann', decision)).toMatchObject({ kind: 'decided', row: { state: 'approved' } });
    await change(['*:ordinary']);
    expect((await call()).outcome).toBe('needs_approval');
    await change(['*:lifecycle']);
    expect((await call()).outcome).toBe('updated');
  });
});
