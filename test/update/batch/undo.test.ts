import { describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { readBatchUndo, type UndoRound, undoBatch } from '../../../src/update/batch/undo.ts';
import { batchCall, type GivenChange, resultOf, runToEnd } from '../../support/pipeline/batch.ts';
import { type Pipeline, startPipeline, stored, yesTo } from '../../support/pipeline/pipeline.ts';

const jane = idOf('atlassian', 'jane');
const john = idOf('atlassian', 'john');

const TITLE = 'Head of Sales';
const title = (id: string): GivenChange => ({ at: 'atlassian', args: { user_id: id, set: { title: TITLE } } });
const titleOf = ({ sandbox }: Pipeline, id: string) => stored(sandbox, 'atlassian', id)['title'];
/** The batch needs no yes, its undo does. */
const ASK_TO_UNDO = { config: { policy: { rules: [{ newValue: TITLE, decision: 'allow' }] } } };

async function undo({ app }: Pipeline, batchId: string, round: UndoRound & { dryRun?: boolean } = {}) {
  const ports = await app.ports();
  const { dryRun = false, ...more } = round;
  const origin = { tool: 'undo_change', caller: { principal: 'local', clientName: 'tests' }, canAsk: true };
  const args = { batch_id: batchId, dry_run: dryRun };
  return await undoBatch(await readBatchUndo(args, origin, app.settings.connections, ports), ports, more);
}

async function askedUndo(pipeline: Pipeline, batchId: string) {
  const ask = await undo(pipeline, batchId);
  if (ask.kind !== 'ask') throw new Error(`expected a question: ${JSON.stringify(ask)}`);
  return ask;
}

describe('the undo of a batch', () => {
  it('asks once, puts back every change, newest first, and finds nothing to put back after that', async () => {
    const pipeline = await startPipeline(ASK_TO_UNDO);
    const before = [jane, john].map((id) => titleOf(pipeline, id));
    const made = await runToEnd(pipeline, batchCall(pipeline, [title(jane), title(john)]));
    const ask = await askedUndo(pipeline, made.batch_id);
    expect(ask.question.message).toContain('Change 2 user records?');
    expect(ask.question.message).toContain(`This undoes batch "${made.batch_id}"\n`);
    const undone = resultOf(await undo(pipeline, made.batch_id, { answer: yesTo(ask) }));
    expect(undone).toMatchObject({ outcome: 'updated', counts: { updated: 2 }, batch_id: ask.token.batch?.id });
    expect([jane, john].map((id) => titleOf(pipeline, id))).toEqual(before);
    const entries = await (await pipeline.app.store()).list({ batchId: made.batch_id, limit: 10 });
    const newestFirst = entries.map(({ userId }) => userId);
    expect(undone.results.map(({ user }) => user.id)).toEqual(newestFirst);
    expect(await undo(pipeline, made.batch_id)).toMatchObject({ outcome: 'unchanged', counts: { unchanged: 2 } });
  });

  it('can be undone itself', async () => {
    const pipeline = await startPipeline();
    const made = await runToEnd(pipeline, batchCall(pipeline, [title(jane), title(john)]));
    const undone = resultOf(await undo(pipeline, made.batch_id));
    expect(resultOf(await undo(pipeline, undone.batch_id)).outcome).toBe('updated');
    expect(titleOf(pipeline, jane)).toBe(TITLE);
  });

  it('fails for what cannot be put back, and puts back the rest', async () => {
    const pipeline = await startPipeline();
    const secret = { user_id: idOf('atomicwork', 'john'), set: { password: 'correct horse battery' } };
    const made = await runToEnd(pipeline, batchCall(pipeline, [title(jane), { at: 'atomicwork', args: secret }]));
    const preview = resultOf(await undo(pipeline, made.batch_id, { dryRun: true }));
    expect(preview.counts).toEqual({ preview: 1, failed: 1 });
    expect(preview.results.find(({ outcome }) => outcome === 'failed')?.change_id).toBeUndefined();
    const undone = resultOf(await undo(pipeline, made.batch_id));
    expect(undone).toMatchObject({ outcome: 'partly_updated', counts: { updated: 1, failed: 1 } });
    expect(undone.message).toContain('1 more cannot be put back');
    const failed = undone.results.find(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject({ provider: 'atomicwork', code: 'invalid_input', change_id: expect.any(String) });
    expect(failed?.message).toMatch(/^Nothing of that change can be put back\. A secret cannot be put back/);
    const [entry] = await (await pipeline.app.store()).list({ changeId: failed?.change_id ?? '', limit: 1 });
    expect(entry?.body).toMatchObject({ batchId: undone.batch_id, undoes: expect.any(String) });
  });

  it('says in the question how many changes cannot be put back', async () => {
    const rules = [
      { newValue: TITLE, decision: 'allow' },
      { effect: 'secret', decision: 'allow' },
    ];
    const pipeline = await startPipeline({ config: { policy: { allowSecretInput: true, rules } } });
    const secret = { user_id: idOf('atomicwork', 'john'), set: { password: 'correct horse battery' } };
    const made = await runToEnd(pipeline, batchCall(pipeline, [title(jane), { at: 'atomicwork', args: secret }]));
    const ask = await askedUndo(pipeline, made.batch_id);
    expect(ask.question.message).toContain('but for 1 of its changes, which cannot be put back');
    const left = await ask.abandon();
    expect(left.results.map(({ code }) => code).sort()).toEqual(['confirmation_unavailable', 'invalid_input']);
  });

  it('names fields that changed since, and overwrites them only with a yes to that', async () => {
    const pipeline = await startPipeline(ASK_TO_UNDO);
    const made = await runToEnd(pipeline, batchCall(pipeline, [title(jane), title(john)]));
    const record = pipeline.sandbox.vendors.atlassian.users.get(john);
    if (record) record['title'] = 'Director';
    const ask = await askedUndo(pipeline, made.batch_id);
    expect(ask.question.contested).toEqual(['title of "John Smith"']);
    const undone = resultOf(await undo(pipeline, made.batch_id, { answer: yesTo(ask) }));
    expect(undone).toMatchObject({ outcome: 'partly_updated', counts: { updated: 1, refused: 1 } });
    expect(titleOf(pipeline, john)).toBe('Director');
    const second = await askedUndo(pipeline, made.batch_id);
    const overwritten = await undo(pipeline, made.batch_id, { answer: { ...yesTo(second), overwrite: true } });
    expect(overwritten).toMatchObject({ counts: { updated: 1, unchanged: 1 } });
    expect(titleOf(pipeline, john)).not.toBe('Director');
  });

  it('leaves out what was not made: changes that failed, and those that were put back at once', async () => {
    const pipeline = await startPipeline();
    const { faults } = pipeline.sandbox.vendors.atlassian;
    faults.push({ kind: 'status', status: 400, method: 'PUT' });
    const partly = await runToEnd(pipeline, batchCall(pipeline, [title(jane), title(john)]));
    expect(partly.counts).toEqual({ updated: 1, failed: 1 });
    expect(resultOf(await undo(pipeline, partly.batch_id)).counts).toEqual({ updated: 1 });
    faults.push({ kind: 'status', status: 400, method: 'PUT' });
    const whole = batchCall(pipeline, [title(jane), title(john)], { allOrNothing: true });
    expect((await runToEnd(pipeline, whole)).counts).toEqual({ failed: 2 });
    const undone = await undo(pipeline, whole.id);
    expect(undone).toMatchObject({ outcome: 'unchanged', results: [] });
    expect(undone).toMatchObject({ message: expect.stringContaining('put back already') });
  });

  it('is refused with words for an id that is no batch, and for a batch that changed nothing', async () => {
    const pipeline = await startPipeline();
    const made = await runToEnd(pipeline, batchCall(pipeline, [title(jane)]));
    const single = made.results[0]?.change_id ?? '';
    await expect(undo(pipeline, single)).rejects.toThrow(/id of a single change/);
    await expect(undo(pipeline, 'nothing')).rejects.toThrow(/no such batch/);
    pipeline.sandbox.vendors.atlassian.faults.push({ kind: 'status', status: 400, method: 'PUT' });
    const failed = await runToEnd(pipeline, batchCall(pipeline, [title(john)]));
    await expect(undo(pipeline, failed.batch_id)).rejects.toThrow(/changed nothing/);
  });
});
