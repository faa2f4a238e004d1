import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ApprovalService, createApprovalService } from '../../../src/approvals/service.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { approvalOf, startApprovalProgram } from '../../support/approvals/program.ts';
import { type Agent, PROGRAM } from '../../support/program/stdio-server.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** A request between the agent's first call and its last; the approval service decides directly. */

const policy = { rules: [{ field: '*', decision: 'approve' }] };
async function start(config: Record<string, unknown> = {}, approvers?: string[]) {
  const program = await startApprovalProgram({ policy, ...config }, approvers);
  onTestFinished(() => program.stop());
  const agent = await program.agent();
  const service = await createApprovalService(program.app);
  const { atlassian } = program.server.sandbox.vendors;
  const writes = () => atlassian.requests.filter(({ method }) => method === 'PUT').length;
  return { program, agent, service, atlassian, writes };
}

const jane = idOf('atlassian', 'jane');
const args = { user_id: jane, set: { title: 'Advisor' } };
const ask = (agent: Agent) => agent.call('atlassian_update_user', args);
const decide = (service: ApprovalService, id: string, approver: string, yes = true) =>
  service.decide(id, approver, { yes });

describe('a request for approval', { timeout: 120_000 }, () => {
  it('is shared by identical requests, and its yes is used once', async () => {
    const { program, agent, service, atlassian, writes } = await start();
    const other = await program.agent();
    const [first, second] = await Promise.all([ask(agent), ask(other)]);
    const { id } = approvalOf(first);
    expect(approvalOf(second).id).toBe(id);
    expect(approvalOf(await ask(agent)).id).toBe(id);
    expect(await (await program.app.store()).approvals.countPending()).toBe(1);
    expect((await decide(service, id, 'ann')).kind).toBe('decided');
    const { arrived, release } = holdNext(atlassian, 'PUT');
    const calls = [ask(agent), ask(other)];
    await arrived;
    await new Promise((resolve) => setTimeout(resolve, 300)); // so that the other call comes during the write
    release();
    const outcomes = (await Promise.all(calls)).map(({ is }) => is.outcome).sort();
    expect(outcomes).toEqual(['unchanged', 'updated']);
    expect(writes()).toBe(1);
    expect(await (await program.app.store()).approvals.countPending()).toBe(0);
  });

  it('is in the audit log once, masked, whether or not it is ever decided', async () => {
    const { agent } = await start();
    const email = 'jane.new@acme.example';
    const set = { emails: [{ value: email, type: 'work', primary: true }] };
    const asked = await agent.call('atlassian_update_user', { user_id: jane, set });
    expect((await agent.call('atlassian_update_user', { user_id: jane, set })).is.outcome).toBe('needs_approval');
    const { is, text } = await agent.call('list_changes', { outcome: 'needs_approval' });
    expect(is['changes']).toMatchObject([{ change_id: asked.is['change_id'], user_id: jane, caller: 'local' }]);
    expect(text).not.toContain(email);
  });

  it('is asked again when the user record changed after the yes, and says what changed', async () => {
    const { agent, service, atlassian, writes } = await start();
    const first = approvalOf(await ask(agent)).id;
    await decide(service, first, 'ann');
    Object.assign(atlassian.users.get(jane) ?? {}, { title: 'Director' });
    const again = await ask(agent);
    const second = approvalOf(again).id;
    expect(again.is).toMatchObject({
      outcome: 'needs_approval',
      message: expect.stringMatching(/changed since.*title/),
    });
    expect(second).not.toBe(first);
    expect(await service.open(second)).toMatchObject({ snapshot: { again: expect.stringContaining('title') } });
    expect(await service.open(first)).toMatchObject({ row: { state: 'withdrawn' } });
    expect((await decide(service, first, 'ann')).kind).toBe('gone');
    expect((await ask(agent)).is.outcome).toBe('needs_approval');
    expect(writes()).toBe(0);
    await decide(service, second, 'ann');
    expect((await ask(agent)).is.outcome).toBe('updated');
  });

  it('expires, also after the yes', async () => {
    const { agent, service, writes } = await start({ confirmation: { approvalExpiresHours: 5 / 3600 } });
    const { id } = approvalOf(await ask(agent));
    expect((await decide(service, id, 'ann')).kind).toBe('decided');
    await new Promise((resolve) => setTimeout(resolve, 5100));
    expect((await ask(agent)).is).toMatchObject({ outcome: 'failed', code: 'approval_expired' });
    expect(writes()).toBe(0);
    const next = approvalOf(await ask(agent));
    expect(next.id).not.toBe(id);
    expect(next.id).not.toBe('');
  });

  it('needs two different people where two are configured', async () => {
    const { agent, service, writes } = await start({ confirmation: { approversNeeded: 2 } }, ['ann', 'ben']);
    const { id } = approvalOf(await ask(agent));
    expect(await decide(service, id, 'ann')).toMatchObject({ kind: 'decided', row: { state: 'pending' } });
    expect((await decide(service, id, 'ann')).kind).toBe('repeated');
    expect((await ask(agent)).is.outcome).toBe('needs_approval');
    expect(await decide(service, id, 'ben')).toMatchObject({ kind: 'decided', row: { state: 'approved' } });
    expect((await ask(agent)).is.outcome).toBe('updated');
    expect(writes()).toBe(1);
    expect((await agent.call('list_changes', { user_id: jane })).text).toContain('updated');
  });

  it('takes the secret from the first of two approvers', async () => {
    const { agent, service, program } = await start({ confirmation: { approversNeeded: 2 } }, ['ann', 'ben']);
    const request = { user_id: idOf('mediasilo', 'jane'), ask_for: ['password'] };
    const { id } = approvalOf(await agent.call('mediasilo_update_user', request));
    const secrets = { password: 'Wintergreen_Lantern.4107', email: 'not asked for' };
    expect((await service.decide(id, 'ann', { yes: true, secrets })).kind).toBe('decided');
    expect((await service.decide(id, 'ben', { yes: true })).kind).toBe('decided');
    expect((await agent.call('mediasilo_update_user', request)).is.outcome).toBe('updated');
    const record = program.server.sandbox.vendors.mediasilo.users.get(request.user_id);
    expect(record).toMatchObject({ password: 'Wintergreen_Lantern.4107', email: 'jane.doe@acme.example' });
  });

  it('may be declined, but not approved, under the name of its caller', async () => {
    const { agent, service, writes } = await start({}, ['local', 'ann']);
    const { id } = approvalOf(await ask(agent));
    expect((await decide(service, id, 'local')).kind).toBe('own');
    expect((await ask(agent)).is.outcome).toBe('needs_approval');
    expect((await decide(service, id, 'local', false)).kind).toBe('decided');
    expect((await ask(agent)).is).toMatchObject({ outcome: 'refused' });
    expect(writes()).toBe(0);
  });

  it('may be approved under that name where callerMayApprove is set', async () => {
    const { agent, service } = await start({ confirmation: { callerMayApprove: true } }, ['local']);
    await decide(service, approvalOf(await ask(agent)).id, 'local');
    expect((await ask(agent)).is.outcome).toBe('updated');
  });

  it('fails where there is no approver', async () => {
    const { agent } = await start({}, []);
    expect((await ask(agent)).is).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  });

  it('sends a client with URL elicitation to the page', async () => {
    const { program } = await start();
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
