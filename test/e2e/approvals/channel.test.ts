import { afterEach, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, startApprovalProgram } from '../../support/approvals/program.ts';

/** Where the question of a `confirm` is put, by `confirmation.channel`. There is an approver each time. */

const policy = { rules: [{ field: '*.displayName', decision: 'approve' }] };
const opened: ApprovalProgram[] = [];
afterEach(async () => {
  for (const program of opened.splice(0)) await program.stop();
});

async function open(channel: string) {
  const program = await startApprovalProgram({ policy, confirmation: { channel } });
  opened.push(program);
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
  ])('%s, where the client cannot ask', async (channel, is) => {
    const program = await open(channel);
    const agent = await program.agent();
    expect((await agent.call('atlassian_update_user', confirmed)).is).toMatchObject(is);
    const pending = await (await program.app.store()).approvals.countPending();
    expect(pending).toBe(is.outcome === 'needs_approval' ? 1 : 0);
  });

  it('client says that no other way is open, and leaves what needs approval to approvers', async () => {
    const program = await open('client');
    const agent = await program.agent();
    const { is } = await agent.call('atlassian_update_user', confirmed);
    expect(is['next']).toContain('confirmation.channel is client');
    expect((await agent.call('atlassian_update_user', approved)).is).toMatchObject({ outcome: 'needs_approval' });
  });

  it.each([
    ['auto', 'updated'],
    ['client', 'updated'],
    ['page', 'needs_approval'],
  ])('%s, where it can', async (channel, outcome) => {
    const program = await open(channel);
    const agent = await program.server.connect('v1-form');
    expect((await agent.call('atlassian_update_user', confirmed)).is).toMatchObject({ outcome });
  });
});
