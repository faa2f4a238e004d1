import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApprovalService, createApprovalService } from '../../../src/approvals/service.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, approvalOf, startApprovalProgram } from '../../support/approvals/program.ts';
import { type Agent, PROGRAM } from '../../support/program/stdio-server.ts';

/** A batch that an approver decides on out of band; the approval service decides directly. */

const jane = idOf('atlassian', 'jane');
const john = idOf('atlassian', 'john');
const janeAtAwork = idOf('awork', 'jane');
/** Each line of a question has 120 characters of a text at most: this is more than a client is shown. */
const LONG = 'x'.repeat(6_000);
const batch = (...titles: string[]) => ({
  changes: [
    ...[jane, john].map((user_id, at) => ({ provider: 'atlassian', user_id, set: { title: titles[at] ?? titles[0] } })),
    { provider: 'awork', user_id: janeAtAwork, set: { position: 'Boss' } },
  ],
});

let program: ApprovalProgram;
let service: ApprovalService;
let agent: Agent;
beforeAll(async () => {
  program = await startApprovalProgram({ policy: { rules: [{ newValue: 'by approval *', decision: 'approve' }] } });
  service = await createApprovalService(program.app);
  agent = await program.server.connect('v2-modern', () => {
    throw new Error('the client was asked');
  });
}, 60_000);
afterAll(() => program.stop());
beforeEach(() => {
  for (const vendor of Object.values(program.server.sandbox.vendors)) vendor.reset();
});
const writes = () =>
  Object.values(program.server.sandbox.vendors).flatMap((each) =>
    each.requests.filter(({ method }) => method === 'PUT'),
  );

describe('a batch that waits for an approver', { timeout: 60_000 }, () => {
  it.each([
    ['because the question does not fit the client', batch(LONG)],
    ['because policy says so of one change', batch('by approval', 'by approval 2')],
  ])('%s is made by the same call once it is approved', async (_why, args) => {
    const first = await agent.call('update_users', args);
    expect(first.is).toMatchObject({ outcome: 'needs_approval', counts: { needs_approval: 3 } });
    expect(first.isError).toBe(false);
    const { id, url } = approvalOf(first);
    expect(url).toMatch(/^http/);
    expect(approvalOf(await agent.call('update_users', args)).id).toBe(id);
    expect(writes()).toHaveLength(0);
    expect((await service.decide(id, 'ann', { yes: true })).kind).toBe('decided');
    // In another order, or all or nothing, it is another request.
    const [one, ...others] = args.changes;
    const reordered = await agent.call('update_users', { changes: [...others, one] });
    const whole = await agent.call('update_users', { ...args, all_or_nothing: true });
    for (const other of [reordered, whole]) expect(approvalOf(other).id).not.toBe(id);
    expect(writes()).toHaveLength(0);
    const second = await agent.call('update_users', args);
    expect(second.is).toMatchObject({ outcome: 'updated', counts: { updated: 3 } });
    expect((await agent.call('update_users', args)).is).toMatchObject({ outcome: 'unchanged' });
    expect(writes()).toHaveLength(3);
  });

  it('is refused by the same call once it is declined', async () => {
    const args = batch(`${LONG}no`);
    const { id } = approvalOf(await agent.call('update_users', args));
    expect((await service.decide(id, 'ann', { yes: false })).kind).toBe('decided');
    const { is, isError } = await agent.call('update_users', args);
    expect(is).toMatchObject({ outcome: 'refused', counts: { refused: 3 } });
    expect(isError).toBe(true);
    expect(writes()).toHaveLength(0);
  });

  it('opens the page for a client that can, and says how many people, where and what', async () => {
    const seen: { mode?: string; url?: string; message?: string }[] = [];
    const client = new Client({ name: 'url-client', version: '1.0' }, {
      capabilities: { elicitation: { url: {} } },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    } as never);
    client.setRequestHandler('elicitation/create', async (request) => {
      seen.push(request.params as (typeof seen)[number]);
      return { action: 'accept' } as never;
    });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [PROGRAM],
      env: program.server.env,
    });
    await client.connect(transport);
    try {
      const result = await client.callTool({ name: 'update_users', arguments: batch('Chief', 'Chief') });
      const is = result.structuredContent as { outcome: string; approval: { url: string } };
      expect(is.outcome).toBe('needs_approval');
      expect(seen).toMatchObject([{ mode: 'url', url: is.approval.url }]);
      expect(seen[0]?.message).toBe(
        'A change of 3 people at atlassian, awork waits for an approver: title, position. Open the approval page?',
      );
    } finally {
      await client.close();
    }
  });
});
