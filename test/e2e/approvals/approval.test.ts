import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ApprovalService, createApprovalService } from '../../../src/approvals/service.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, approvalOf, startApprovalProgram } from '../../support/approvals/program.ts';
import { holdNext } from '../../support/hold.ts';
import { type Agent, PROGRAM } from '../../support/stdio-server.ts';

/** What becomes of a request between the agent's first call and its last; decisions are made at the desk directly. */

const policy = { rules: [{ field: '*', decision: 'approve' }] };
const opened: ApprovalProgram[] = [];
afterEach(async () => {
  for (const program of opened.splice(0)) await program.stop();
});

async function open(config: Record<string, unknown> = {}, approvers?: string[]) {
  const program = await startApprovalProgram({ policy, ...config }, approvers);
  opened.push(program);
  const agent = await program.agent();
  const service = await createApprovalService(program.app);
  const { atlassian } = program.server.sandbox.vendors;
  const writes = () => atlassian.requests.filter(({ method }) => method === 'PUT').length;
  return { program, agent, service, atlassian, writes };
}

const jane = idOf('atlassian', 'jane');
const args = { user_id: jane, set: { title: 'Advisor' } };
const ask = (agent: Agent) => agent.call('atlassian_update_user', args);
const say = (service: ApprovalService, id: string, approver: string, yes = true) =>
  service.decide(id, approver, { yes });

describe('a request for approval', { timeout: 120_000 }, () => {
  it('is one with every identical request, and its yes is used once', async () => {
    const { program, agent, service, atlassian, writes } = await open();
    const other = await program.agent();
    const [first, second] = await Promise.all([ask(agent), ask(other)]);
    const { id } = approvalOf(first);
    expect(approvalOf(second).id).toBe(id);
    expect(approvalOf(await ask(agent)).id).toBe(id);
    expect(await (await program.app.store()).approvals.countPending()).toBe(1);
    expect((await say(service, id, 'ann')).kind).toBe('decided');
    const { arrived, release } = holdNext(atlassian, 'PUT');
    const calls = [ask(agent), ask(other)];
    await arrived;
    await new Promise((resolve) => setTimeout(resolve, 300)); // for the other one to come while it is being written
    release();
    const outcomes = (await Promise.all(calls)).map(({ is }) => is.outcome).sort();
    expect(outcomes).toEqual(['unchanged', 'updated']);
    expect(writes()).toBe(1);
    expect(await (await program.app.store()).approvals.countPending()).toBe(0);
  });

  it('is on record once, masked, whether or not anybody ever decides', async () => {
    const { agent } = await open();
    const email = 'jane.new@acme.example';
    const set = { emails: [{ value: email, type: 'work', primary: true }] };
    const asked = await agent.call('atlassian_update_user', { user_id: jane, set });
    expect((await agent.call('atlassian_update_user', { user_id: jane, set })).is.outcome).toBe('needs_approval');
    const { is, text } = await agent.call('list_changes', { outcome: 'needs_approval' });
    expect(is['changes']).toMatchObject([{ change_id: asked.is['change_id'], user_id: jane, caller: 'local' }]);
    expect(text).not.toContain(email);
  });

  it('is asked anew when the record moved after the yes, and says what moved', async () => {
    const { agent, service, atlassian, writes } = await open();
    const first = approvalOf(await ask(agent)).id;
    await say(service, first, 'ann');
    Object.assign(atlassian.users.get(jane) ?? {}, { title: 'Director' });
    const again = await ask(agent);
    const second = approvalOf(again).id;
    expect(again.is).toMatchObject({
      outcome: 'needs_approval',
      message: expect.stringMatching(/changed since.*title/),
    });
    expect(second).not.toBe(first);
    expect(await service.open(second)).toMatchObject({ view: { again: expect.stringContaining('title') } });
    expect(await service.open(first)).toMatchObject({ row: { state: 'withdrawn' } });
    expect((await say(service, first, 'ann')).kind).toBe('gone');
    expect((await ask(agent)).is.outcome).toBe('needs_approval');
    expect(writes()).toBe(0);
    await say(service, second, 'ann');
    expect((await ask(agent)).is.outcome).toBe('updated');
  });

  it('expires, also after the yes', async () => {
    const { agent, service, writes } = await open({ confirmation: { approvalExpiresHours: 5 / 3600 } });
    const { id } = approvalOf(await ask(agent));
    expect((await say(service, id, 'ann')).kind).toBe('decided');
    await new Promise((resolve) => setTimeout(resolve, 5100));
    expect((await ask(agent)).is).toMatchObject({ outcome: 'failed', code: 'approval_expired' });
    expect(writes()).toBe(0);
    const next = approvalOf(await ask(agent));
    expect(next.id).not.toBe(id);
    expect(next.id).not.toBe('');
  });

  it('needs two different people where the operator wants two', async () => {
    const { agent, service, writes } = await open({ confirmation: { approversNeeded: 2 } }, ['ann', 'ben']);
    const { id } = approvalOf(await ask(agent));
    expect(await say(service, id, 'ann')).toMatchObject({ kind: 'decided', row: { state: 'pending' } });
    expect((await say(service, id, 'ann')).kind).toBe('repeated');
    expect((await ask(agent)).is.outcome).toBe('needs_approval');
    expect(await say(service, id, 'ben')).toMatchObject({ kind: 'decided', row: { state: 'approved' } });
    expect((await ask(agent)).is.outcome).toBe('updated');
    expect(writes()).toBe(1);
    expect((await agent.call('list_changes', { user_id: jane })).text).toContain('updated');
  });

  it('of two approvers takes the secret from the first', async () => {
    const { agent, service, program } = await open({ confirmation: { approversNeeded: 2 } }, ['ann', 'ben']);
    const wanted = { user_id: idOf('mediasilo', 'jane'), ask_for: ['password'] };
    const { id } = approvalOf(await agent.call('mediasilo_update_user', wanted));
    const secrets = { password: 'Wintergreen_Lantern.4107', email: 'not asked for' };
    expect((await service.decide(id, 'ann', { yes: true, secrets })).kind).toBe('decided');
    expect((await service.decide(id, 'ben', { yes: true })).kind).toBe('decided');
    expect((await agent.call('mediasilo_update_user', wanted)).is.outcome).toBe('updated');
    const record = program.server.sandbox.vendors.mediasilo.users.get(wanted.user_id);
    expect(record).toMatchObject({ password: 'Wintergreen_Lantern.4107', email: 'jane.doe@acme.example' });
  });

  it('may be declined, not approved, under the name of whoever asks', async () => {
    const { agent, service, writes } = await open({}, ['local', 'ann']);
    const { id } = approvalOf(await ask(agent));
    expect((await say(service, id, 'local')).kind).toBe('own');
    expect((await ask(agent)).is.outcome).toBe('needs_approval');
    expect((await say(service, id, 'local', false)).kind).toBe('decided');
    expect((await ask(agent)).is).toMatchObject({ outcome: 'refused' });
    expect(writes()).toBe(0);
  });

  it('may be approved under that name where the operator says so', async () => {
    const { agent, service } = await open({ confirmation: { callerMayApprove: true } }, ['local']);
    await say(service, approvalOf(await ask(agent)).id, 'local');
    expect((await ask(agent)).is.outcome).toBe('updated');
  });

  it('cannot be had where nobody is an approver', async () => {
    const { agent } = await open({}, []);
    expect((await ask(agent)).is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  });

  it('sends a client that can open pages to the page', async () => {
    const { program } = await open();
    const seen: { mode?: string; url?: string; message?: string }[] = [];
    const client = new Client({ name: 'url-client', version: '1.0' }, {
      capabilities: { elicitation: { url: {} } },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    } as never);
    client.setRequestHandler('elicitation/create', async (request) => {
      seen.push(request.params as (typeof seen)[number]);
      return { action: 'accept' } as never;
    });
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [PROGRAM], env: program.server.env }),
    );
    try {
      const result = await client.callTool({ name: 'atlassian_update_user', arguments: args });
      const is = result.structuredContent as { outcome: string; approval: { url: string } };
      expect(is.outcome).toBe('needs_approval');
      expect(seen).toMatchObject([{ mode: 'url', url: is.approval.url }]);
      expect(seen[0]?.message).toMatch(/"Jane Doe" .*at atlassian.*: title/);
      expect((await fetch(is.approval.url)).status).toBe(200);
    } finally {
      await client.close();
    }
  });
});
