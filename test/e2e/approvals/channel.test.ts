import { describe, expect, it, onTestFinished } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { startApprovalProgram } from '../../support/approvals/program.ts';

/** Who is asked to confirm, by `confirmation.channel`. An approver is registered in every test. */

const policy = { rules: [{ field: '*.displayName', decision: 'approve' }] };
async function start(channel: string) {
  const program = await startApprovalProgram({ policy, confirmation: { channel } });
  onTestFinished(() => program.stop());
  return program;
}

const jane = idOf('atlassian', 'jane');
const confirmed = { user_id: jane, set: { title: 'Advisor' } };
const approved = { user_id: jane, set: { displayName: 'Jane D.' } };

describe('confirmation.channel', { timeout: 120_000 }, () => {
  it.each([
    ['auto', { outcome: 'needs_approval' }],
    ['page', { outcome: 'needs_approval' }],
    ['client', { outcome: 'failed', code: 'confirmation_unavailable' }],
  ])('%s, where the client cannot elicit', async (channel, is) => {
    const program = await start(channel);
    const agent = await program.agent();
    expect((await agent.call('atlassian_update_user', confirmed)).is).toMatchObject(is);
    const pending = await (await program.app.store()).approvals.countPending();
    expect(pending).toBe(is.outcome === 'needs_approval' ? 1 : 0);
  });

  it('client explains why no one was asked, and still leaves what needs approval to approvers', async () => {
    const program = await start('client');
    const agent = await program.agent();
    const { is } = await agent.call('atlassian_update_user', confirmed);
    expect(is['next']).toContain('confirmation.channel is client');
    expect((await agent.call('atlassian_update_user', approved)).is).toMatchObject({ outcome: 'needs_approval' });
  });

  it.each([
    ['auto', 'updated'],
    ['client', 'updated'],
    ['page', 'needs_approval'],
  ])('%s, where the client can elicit', async (channel, outcome) => {
    const program = await start(channel);
    const agent = await program.server.connect('v1-form');
    expect((await agent.call('atlassian_update_user', confirmed)).is).toMatchObject({ outcome });
  });
});
