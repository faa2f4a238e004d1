import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApprovalService } from '../../../src/approvals/service.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createPipeline, type Pipeline, putsAt } from '../../support/pipeline/pipeline.ts';
import { planFor } from '../../support/pipeline/requests.ts';

/** A vendor may write a default for a field that cannot be sent along: subject to policy, and shown before a yes. */

const WARNING =
  'timezone is empty or not shown, so it cannot be sent along as it is; Atomicwork may set it to its default, "America/Los_Angeles".';

let pipeline: Pipeline;
beforeAll(async () => {
  const rules = [
    { field: '*.level', decision: 'approve' },
    { field: '*.language', decision: 'allow' },
  ];
  pipeline = await createPipeline({ config: { policy: { rules } } });
  await (await pipeline.app.store()).approvals.addApprover('ann', 'a passphrase not used here');
});
beforeEach(() => {
  pipeline.sandbox.vendors.atomicwork.reset();
  Object.assign(pipeline.sandbox.vendors.atomicwork.users.get(john) ?? {}, { timezone: null });
});
afterAll(() => pipeline.stop());

const john = idOf('atomicwork', 'john');
const title = { user_id: john, set: { title: 'Boss' } };

describe('a user without a time zone', () => {
  it('is asked about with a warning', async () => {
    const asked = await pipeline.converse('atomicwork', title);
    expect(asked).toMatchObject({ kind: 'ask', question: { message: expect.stringContaining(`\n${WARNING}\n`) } });
  });

  it('is previewed with a warning', async () => {
    expect((await pipeline.call('atomicwork', { ...title, dry_run: true })).message).toContain(WARNING);
  });

  it('is shown to an approver with a warning', async () => {
    const { approval } = await pipeline.call('atomicwork', { user_id: john, set: { level: 'L9' } });
    const waiting = await (await createApprovalService(pipeline.app)).open(approval?.id ?? '');
    expect(waiting).toMatchObject({ snapshot: { warnings: [WARNING] } });
    expect(putsAt(pipeline.sandbox, 'atomicwork')).toHaveLength(0);
  });

  it('is not covered by a rule that allows another field', async () => {
    const allowed = { user_id: john, set: { language: 'fr' } };
    expect(await pipeline.call('atomicwork', { ...allowed, dry_run: true })).toMatchObject({ verdict: 'confirm' });
    expect((await pipeline.converse('atomicwork', allowed)).kind).toBe('ask');
  });

  it('has no warning if the time zone itself changes', async () => {
    const zone = await pipeline.call('atomicwork', { user_id: john, set: { timezone: 'Europe/Paris' }, dry_run: true });
    expect(zone.message).not.toContain('may set it');
  });
});

it('there is no warning if everything can be sent along', () => {
  const record = { timezone: 'Europe/Berlin', has_reporters: false, title: 'A' };
  expect(planFor('atomicwork', record, { set: { title: 'B' } }).warnings).toEqual([]);
  expect(planFor('atomicwork', {}, { set: { title: 'B' } }).warnings).toHaveLength(2);
  expect(planFor('atomicwork', { title: 'B' }, { set: { title: 'B' } }).warnings).toEqual([]);
});
