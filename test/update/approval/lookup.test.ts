import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type ApprovalService, createApprovalService } from '../../../src/approvals/service.ts';
import { ownCommandLine } from '../../../src/cli/own-command.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import type { Result } from '../../../src/update/types.ts';
import { update } from '../../../src/update/update.ts';
import { createPipeline, type Pipeline } from '../../support/pipeline/pipeline.ts';
import { requestFor } from '../../support/pipeline/requests.ts';

/** Requests for approval that are alike but not one. */

let pipeline: Pipeline;
let service: ApprovalService;
beforeAll(async () => {
  pipeline = await createPipeline({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
  await (await pipeline.app.store()).approvals.addApprover('ann', 'not signed in with here');
  service = await createApprovalService(pipeline.app);
});
beforeEach(() => pipeline.sandbox.vendors.atlassian.reset());
afterAll(() => pipeline.stop());

const jane = idOf('atlassian', 'jane');

async function ask(clientName: string, title: string, reason?: string): Promise<Result> {
  const connection = pipeline.app.settings.connections.find(({ name }) => name === 'atlassian');
  if (!connection) throw new Error('no connection');
  const request = { ...requestFor({ set: { title } }), userId: jane, ...(reason !== undefined && { reason }) };
  const caller = { principal: 'local', client: `${clientName} 1.0`, clientName };
  const signal = new AbortController().signal;
  const outcome = await update({ connection, request, caller, canAsk: false, signal }, await pipeline.app.ports());
  if (outcome.kind === 'ask') throw new Error('a question came to a client that cannot ask');
  return outcome;
}

it('by another client is a separate request, and voids no approval of the first', async () => {
  const one = await ask('editor', 'Boss', 'promoted');
  await service.decide(one.approval?.id ?? '', 'ann', { yes: true });
  const other = await ask('terminal', 'Boss', 'promoted');
  expect(other).toMatchObject({ outcome: 'needs_approval' });
  expect(other.message).not.toContain('Asked again');
  expect(other.approval?.id).not.toBe(one.approval?.id);
  expect((await ask('editor', 'Boss', 'promoted')).outcome).toBe('updated');
});

it.each<[string, string | undefined, string | undefined]>([
  ['another reason', 'promoted', 'as agreed'],
  ['one blank more', 'promoted', 'promoted '],
  ['a reason', undefined, 'as agreed'],
  ['no reason', 'promoted', undefined],
])('with %s is the same request, and the entry holds what the approver was shown', async (what, first, second) => {
  const title = `Head of ${what}`;
  const one = await ask('editor', title, first);
  const other = await ask('editor', title, second);
  expect(other).toMatchObject({ outcome: 'needs_approval', approval: { id: one.approval?.id } });
  expect(other.message).not.toContain('Asked again');
  await service.decide(one.approval?.id ?? '', 'ann', { yes: true });
  const done = await ask('editor', title, second);
  expect(done.outcome).toBe('updated');
  const [row] = await (await pipeline.app.store()).list({ changeId: done.change_id ?? '', limit: 1 });
  expect(row?.body.reason).toBe(first);
});

it('says where to approve, with and without a page', async () => {
  const bare = await ask('editor', 'Baron');
  const command = (id: string | undefined) => `with: ${ownCommandLine('approve', id ?? '')}. Then call again`;
  expect(bare.next).toContain(`Ask a person to approve it ${command(bare.approval?.id)}`);
  pipeline.app.approvalLink = async (id) => `https://users.example.com/approvals/${id}`;
  const paged = await ask('editor', 'Earl');
  delete pipeline.app.approvalLink;
  expect(paged.next).toContain(
    `Ask a person to approve it at ${paged.approval?.url}, or ${command(paged.approval?.id)}`,
  );
});

it('declined has an entry at once, masked, with the approver and the subject', async () => {
  const { approval } = await pipeline.call('atlassian', {
    user_id: jane,
    set: { title: 'Boss', displayName: 'Jane X. Doe' },
    reason: 'Jane X. Doe was promoted',
  });
  await service.decide(approval?.id ?? '', 'ann', { yes: false, reason: 'not so' });
  const [row] = await (await pipeline.app.store()).list({ changeId: approval?.id ?? '', limit: 1 });
  expect(row).toMatchObject({ outcome: 'refused', connection: 'atlassian', userId: jane });
  expect(row?.body).toEqual({
    tool: 'atlassian_update_user',
    caller: 'local',
    client: 'tests 1.0',
    reason: 'Jane X. Doe was promoted',
    verdict: 'approve',
    rule: 'rules[0]',
    declinedBy: 'ann',
    code: 'declined',
    approvalId: row?.changeId,
    emailKeys: expect.any(Array),
    message: 'declined with a reason',
    fields: [
      { field: 'displayName', effect: 'ordinary', before: 'J•••', after: 'J•••' },
      { field: 'title', effect: 'ordinary', before: 'Product Manager', after: 'Boss' },
    ],
  });
});

it('declined stays so until the request would have expired, whatever else the caller says', async () => {
  const { approval } = await ask('editor', 'Duke', 'promoted');
  await service.decide(approval?.id ?? '', 'ann', { yes: false });
  const held = pipeline.sandbox.vendors.atlassian.users.get(jane) ?? {};
  const tries = [
    () => ask('editor', 'Duke', 'promoted'),
    () => ask('editor', 'Duke', 'promoted '),
    () => ask('editor', 'Duke', 'as agreed'),
    () => ask('editor', 'Duke'),
    () => ask('another client', 'Duke', 'promoted'),
    () => {
      // Of the record something else moved.
      Object.assign(held, {
        nickName: 'J',
        meta: { ...(held['meta'] as object), lastModified: '2031-01-01T00:00:00Z' },
      });
      return ask('editor', 'Duke', 'promoted');
    },
  ];
  for (const again of tries) {
    const result = await again();
    expect(result).toMatchObject({
      outcome: 'refused',
      code: 'declined',
      message: expect.stringContaining('ann declined'),
    });
    expect(result.next).toContain(`The decision holds until ${approval?.expires_at}; `);
  }
  expect(await ask('editor', 'Duchess')).toMatchObject({ outcome: 'needs_approval' });
  Object.assign(held, { title: 'Baroness' }); // from there it is another change
  expect(await ask('editor', 'Duke')).toMatchObject({ outcome: 'needs_approval' });
});

it('names what moved when nothing planned did', async () => {
  const { approval } = await ask('editor', 'Advisor');
  const held = pipeline.sandbox.vendors.atlassian.users.get(jane) ?? {};
  Object.assign(held, { nickName: 'JD', meta: { ...(held['meta'] as object), lastModified: '2031-01-01T00:00:00Z' } });
  const again = await ask('editor', 'Advisor');
  expect(again.message).toContain('Asked again: changed since the earlier request: another part of the record.');
  expect(again.approval?.id).not.toBe(approval?.id);
});

it('declined by an approver is not asked again in a client that can ask', async () => {
  const asking = await createPipeline({ config: { policy: {} } });
  onTestFinished(() => asking.stop());
  await (await asking.app.store()).approvals.addApprover('ann', 'not signed in with here');
  const args = { user_id: jane, set: { title: 'Duke' } };
  const { approval } = await asking.call('atlassian', args);
  await (await createApprovalService(asking.app)).decide(approval?.id ?? '', 'ann', { yes: false });
  expect(await asking.converse('atlassian', args)).toMatchObject({ outcome: 'refused', code: 'declined' });
  expect((await asking.converse('atlassian', { ...args, set: { title: 'Duchess' } })).kind).toBe('ask');
});
