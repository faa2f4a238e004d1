import { expect, it, onTestFinished, vi } from 'vitest';
import { createApprovalService } from '../../../src/approvals/service.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createPipeline } from '../../support/pipeline/pipeline.ts';
import { readEntries } from '../../support/store/samples.ts';

/** What the audit log says of a change that needed an approval. */

async function setUp(confirmation: object = {}) {
  const pipeline = await createPipeline({
    config: { policy: { rules: [{ field: '*', decision: 'approve' }] }, confirmation },
  });
  onTestFinished(() => pipeline.stop());
  const store = await pipeline.app.store();
  await store.approvals.addApprover('ann', 'not signed in with here');
  const ask = () => pipeline.call('atlassian', { user_id: idOf('atlassian', 'jane'), set: { title: 'Boss' } });
  const log = async () =>
    (await readEntries(store)).map(({ kind, outcome, body }) => [kind, outcome, body.approvalId, body.approver]);
  return { ...pipeline, store, ask, log };
}

it('names the approval in every entry, from the request to the change', async () => {
  const { app, ask, log } = await setUp();
  const { approval } = await ask();
  const id = approval?.id ?? '';
  await ask();
  await (await createApprovalService(app)).decide(id, 'ann', { yes: true });
  expect((await ask()).outcome).toBe('updated');
  expect(await log()).toEqual([
    ['approval', 'requested', id, undefined],
    ['attempt', 'needs_approval', id, undefined],
    ['approval', 'approved', id, 'ann'],
    ['opened', 'unverified', id, undefined],
    ['closed', 'updated', id, undefined],
  ]);
});

it('says once that a request expired, whether maintenance or the caller finds it', async () => {
  const { app, ask, log } = await setUp({ approvalExpiresHours: 1e-6 });
  const { approval } = await ask();
  const isOver = async () => {
    await app.maintain();
    return (await log()).some(([, outcome]) => outcome === 'expired');
  };
  await vi.waitFor(async () => expect(await isOver()).toBe(true));
  await ask();
  await app.maintain();
  const expired = (await log()).filter(([kind, outcome]) => kind === 'approval' && outcome === 'expired');
  expect(expired.filter(([, , id]) => id === approval?.id)).toHaveLength(1);
});
