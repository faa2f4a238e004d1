import { expect, it } from 'vitest';
import { registrationOf } from '../../../src/approvals/eligibility.ts';
import { createVerifier } from '../../../src/approvals/passphrase.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createSeal } from '../../../src/store/seal.ts';
import { readBatch, resumeBatch } from '../../../src/update/batch/resume.ts';
import type { BatchCall, BatchObserver, BatchReply } from '../../../src/update/batch/types.ts';
import { updateMany } from '../../../src/update/batch/update-many.ts';
import type { Ports } from '../../../src/update/ports.ts';
import type { Answer } from '../../../src/update/types.ts';
import { answered, batchCall, type GivenChange, questionOf, resultOf, runToEnd } from '../../support/pipeline/batch.ts';
import { type Pipeline, putsAt, startPipeline, yesTo } from '../../support/pipeline/pipeline.ts';

/** A batch that goes on after an interruption or an approval. */

const ids = (['jane', 'john', 'priya', 'max'] as const).map((key) => idOf('atlassian', key));
const [jane = '', john = ''] = ids;
const ASK = { config: { policy: { rules: [] } } };
const HOUR = 3_600_000;
const titles = (...some: string[]): GivenChange[] =>
  some.map((user_id) => ({ at: 'atlassian', args: { user_id, set: { title: 'Lead' } } }));
const kept = (pipeline: Pipeline, given: readonly GivenChange[], more: Partial<BatchCall> = {}) =>
  batchCall(pipeline, given, { tool: 'apply', place: 'terminal', isKept: true, ...more });

/** As if the process had died: the error ends the batch wherever it is. */
class Killed extends Error {}
const killedAfter = (count: number): BatchObserver => {
  let ended = 0;
  return {
    opened() {
      if (count === 0) throw new Killed();
    },
    ended() {
      if (++ended === count) throw new Killed();
    },
  };
};

async function resume(
  { app }: Pipeline,
  id: string,
  { ports, answer, canAsk = true }: { ports?: Partial<Ports>; answer?: Answer; canAsk?: boolean } = {},
): Promise<BatchReply> {
  const all = { ...(await app.ports()), ...ports };
  const found = await readBatch(id, { canAsk, place: 'terminal' }, app.settings.connections, all);
  return await resumeBatch(found, all, answer);
}

/** One at a time, so that it is known how many were made. */
const ONE = { limits: { concurrentWrites: 1 } };

async function killedBatch(pipeline: Pipeline, count: number, more: Partial<BatchCall> = {}): Promise<BatchCall> {
  const call = kept(pipeline, titles(...ids), { observer: killedAfter(count), ...more });
  await expect(runToEnd(pipeline, call)).rejects.toThrow(Killed);
  return call;
}

it.each([0, 1, 3, 4])(
  'makes what is left after %i changes, without another question, and nobody twice',
  async (count) => {
    const pipeline = await startPipeline({ config: ONE });
    const call = await killedBatch(pipeline, count);
    expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(count);
    const result = resultOf(await resume(pipeline, call.id));
    expect(result).toMatchObject({ outcome: 'updated', batch_id: call.id, counts: { updated: 4 } });
    expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(4);
    const store = await pipeline.app.store();
    expect((await store.trail(call.id)).entries.map(({ outcome }) => outcome)).toEqual(['opened', 'finished']);
    await expect(resume(pipeline, call.id)).rejects.toThrow('there is nothing left to resume');
  },
);

it('tries again what failed, and leaves what ended for good', async () => {
  const pipeline = await startPipeline({ config: { ...ONE, policy: { rules: [] } } });
  const { atlassian } = pipeline.sandbox.vendors;
  const call = kept(pipeline, titles(...ids));
  const ask = await questionOf(pipeline, call);
  const moved = atlassian.users.get(john);
  if (moved) moved['title'] = 'Director';
  atlassian.faults.push({ kind: 'status', status: 400, method: 'PUT' });
  const first = resultOf(await answered(pipeline, call, yesTo(ask)));
  expect(first.counts).toEqual({ updated: 2, conflict: 1, failed: 1 });
  const second = resultOf(await resume(pipeline, call.id));
  expect(second.counts).toEqual({ updated: 3, conflict: 1 });
  expect(atlassian.users.get(john)).toMatchObject({ title: 'Director' });
  // Three were written, and one of them was refused before.
  expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(4);
});

it('asks again about what is left when the yes is older than a day, and remembers all of it', async () => {
  const pipeline = await startPipeline({ config: { ...ONE, policy: { rules: [] } } });
  const call = kept(pipeline, titles(...ids));
  const ask = await questionOf(pipeline, call);
  await expect(answered(pipeline, { ...call, observer: killedAfter(1) }, yesTo(ask))).rejects.toThrow(Killed);
  const later = (hours: number) => ({ ports: { clock: { now: () => Date.now() + hours * HOUR } } });
  const again = await resume(pipeline, call.id, later(25));
  if (again.kind !== 'ask') throw new Error('expected a question');
  expect(again.question.message).toContain('Change 3 user records?');
  const yes = yesTo(again);
  const all = { ...(await pipeline.app.ports()), ...later(25).ports };
  const found = await readBatch(call.id, { canAsk: true, place: 'terminal' }, pipeline.app.settings.connections, all);
  const interrupted = { ...found, batch: { ...found.batch, observer: killedAfter(1) } };
  await expect(resumeBatch(interrupted, all, yes)).rejects.toThrow(Killed);
  const result = resultOf(await resume(pipeline, call.id, later(26)));
  expect(result.counts).toEqual({ updated: 4 });
  expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(4);
});

it('writes nothing after a no to the question about what is left, and keeps no target values', async () => {
  const pipeline = await startPipeline({ config: { ...ONE, policy: { rules: [] } } });
  const call = kept(pipeline, titles(...ids));
  const ask = await questionOf(pipeline, call);
  await expect(answered(pipeline, { ...call, observer: killedAfter(1) }, yesTo(ask))).rejects.toThrow(Killed);
  const ports = { clock: { now: () => Date.now() + 25 * HOUR } };
  const again = await resume(pipeline, call.id, { ports });
  if (again.kind !== 'ask') throw new Error('expected a question');
  const no = { ...yesTo(again), choice: 'no' as const };
  const result = resultOf(await resume(pipeline, call.id, { ports, answer: no }));
  expect(result.counts).toEqual({ updated: 1, refused: 3 });
  expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(1);
  expect(await (await pipeline.app.store()).batches.get(call.id)).toBeUndefined();
});

const APPROVE = {
  config: {
    policy: {
      rules: [
        { user: john, decision: 'deny' },
        { field: '*', decision: 'approve' },
      ],
    },
  },
};

async function waiting(pipeline: Pipeline): Promise<{ call: BatchCall; approval: string }> {
  await (await pipeline.app.store()).approvals.addApprover('ann', await createVerifier('a long passphrase of mine'));
  const call = kept(pipeline, titles(...ids), { canAsk: false });
  const result = resultOf(await updateMany(call, await pipeline.app.ports()));
  expect(result.counts).toEqual({ denied: 1, needs_approval: 3 });
  expect(result.next).toContain(`apply --resume ${call.id}`);
  return { call, approval: result.approval?.id ?? '' };
}

async function decide({ app }: Pipeline, id: string, decision: 'yes' | 'no'): Promise<void> {
  const { approvals } = await app.store();
  const [ann] = await approvals.approvers();
  await approvals.decide(id, {
    approver: 'ann',
    yes: decision === 'yes',
    ...(ann && { registration: registrationOf(ann) }),
  });
}

it('goes on once approvers have agreed, and waits until then', async () => {
  const pipeline = await startPipeline(APPROVE);
  const { call, approval } = await waiting(pipeline);
  const still = resultOf(await resume(pipeline, call.id, { canAsk: false }));
  expect(still).toMatchObject({ counts: { denied: 1, needs_approval: 3 }, approval: { id: approval } });
  await decide(pipeline, approval, 'yes');
  const result = resultOf(await resume(pipeline, call.id, { canAsk: false }));
  expect(result.counts).toEqual({ denied: 1, updated: 3 });
  expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(3);
});

it('ends when approvers decline, and keeps no target values', async () => {
  const pipeline = await startPipeline(APPROVE);
  const { call, approval } = await waiting(pipeline);
  await decide(pipeline, approval, 'no');
  const result = resultOf(await resume(pipeline, call.id, { canAsk: false }));
  expect(result.counts).toEqual({ denied: 1, refused: 3 });
  expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
  await expect(resume(pipeline, call.id)).rejects.toThrow('there is nothing left to resume');
});

it('asks approvers again when their time was over', async () => {
  const pipeline = await startPipeline({
    config: { ...APPROVE.config, confirmation: { approvalExpiresHours: 0.0001 } },
  });
  const { call, approval } = await waiting(pipeline);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const late = resultOf(await resume(pipeline, call.id, { canAsk: false }));
  expect(late.counts).toEqual({ denied: 1, failed: 3 });
  expect(late.results[0]?.code).toBe('approval_expired');
  const result = resultOf(await resume(pipeline, call.id, { canAsk: false }));
  expect(result.approval?.id).not.toBe(approval);
  expect(result.counts).toEqual({ denied: 1, needs_approval: 3 });
});

it('puts all of it back if one of all or nothing had moved before the interruption', async () => {
  const pipeline = await startPipeline({ config: ONE });
  const { atlassian } = pipeline.sandbox.vendors;
  const moves = () => void Object.assign(atlassian.users.get(john) ?? {}, { title: 'Director' });
  atlassian.faults.push({ kind: 'run', path: jane, method: 'PUT', run: moves });
  const call = await killedBatch(pipeline, 2, { allOrNothing: true });
  const result = resultOf(await resume(pipeline, call.id));
  expect(result.results.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['failed', 'undone'],
    ['conflict', 'record_changed'],
    ['failed', 'not_started'],
    ['failed', 'not_started'],
  ]);
  expect(atlassian.users.get(jane)).toMatchObject({ title: 'Product Manager' });
});

it('is refused with words for an id without a batch, and with another key', async () => {
  const pipeline = await startPipeline({ config: ONE });
  await expect(resume(pipeline, 'no-such-batch')).rejects.toThrow('No batch of that id is known.');
  const call = await killedBatch(pipeline, 1);
  const seal = createSeal(crypto.getRandomValues(new Uint8Array(32)), []);
  await expect(resume(pipeline, call.id, { ports: { seal } })).rejects.toThrow('sealed with another key');
});

it('is refused while another process carries the batch out', async () => {
  const pipeline = await startPipeline({ config: ONE });
  const call = await killedBatch(pipeline, 1);
  const ports = await pipeline.app.ports();
  const held = { ...ports.store, batches: { ...ports.store.batches, claim: async () => false } };
  await expect(resume(pipeline, call.id, { ports: { store: held } })).rejects.toThrow('Another process carries');
});

it('changes nobody who is named twice in two spellings', async () => {
  const pipeline = await startPipeline();
  const id = (key: 'jane' | 'john') => idOf('atomicwork', key);
  const given = [id('jane'), id('john'), `0${id('jane')}`].map((user_id) => {
    return { at: 'atomicwork', args: { user_id, set: { title: 'Lead' } } };
  });
  const call = kept(pipeline, given);
  const numbered = { ...call, changes: call.changes.map((change, at) => ({ ...change, line: at + 2 })) };
  const result = await runToEnd(pipeline, numbered);
  expect(result.counts).toEqual({ failed: 2, updated: 1 });
  for (const at of [0, 2]) {
    expect(result.results[at]).toMatchObject({ code: 'invalid_input', user: { id: id('jane') } });
    expect(result.results[at]?.message).toContain('The lines 2 and 4 are of the same user record');
  }
  expect(putsAt(pipeline.sandbox, 'atomicwork')).toHaveLength(1);
});
