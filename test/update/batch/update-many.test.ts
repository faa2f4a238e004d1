import { describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { answered, batchCall, type GivenChange, questionOf, resultOf, runToEnd } from '../../support/pipeline/batch.ts';
import { type Pipeline, putsAt, startPipeline, stored, yesTo } from '../../support/pipeline/pipeline.ts';

const jane = idOf('atlassian', 'jane');
const john = idOf('atlassian', 'john');
const priya = idOf('atlassian', 'priya');
const ASK = { config: { policy: { rules: [] } } };

/** Without what the vendor itself notes of every write. */
const held = ({ sandbox }: Pipeline, ids: readonly string[]) =>
  ids.map((id) => {
    const { meta: _, ...record } = stored(sandbox, 'atlassian', id);
    return record;
  });

const titles = (...ids: string[]): GivenChange[] =>
  ids.map((user_id) => ({ at: 'atlassian', args: { user_id, set: { title: 'Head of Sales' } } }));

describe('a batch', () => {
  it('makes every change without a question where policy allows it', async () => {
    const pipeline = await startPipeline();
    const call = batchCall(pipeline, [
      ...titles(jane, john),
      { at: 'awork', args: { user_id: idOf('awork', 'jane'), set: { position: 'Head of Sales' } } },
    ]);
    const result = await runToEnd(pipeline, call);
    expect(result).toMatchObject({ outcome: 'updated', counts: { updated: 3 }, batch_id: call.id });
    expect(result.results.map(({ provider, user }) => [provider, user.id])).toEqual([
      ['atlassian', jane],
      ['atlassian', john],
      ['awork', idOf('awork', 'jane')],
    ]);
    expect(stored(pipeline.sandbox, 'atlassian', john)).toMatchObject({ title: 'Head of Sales' });
    const store = await pipeline.app.store();
    const entries = await store.list({ batchId: call.id, limit: 10 });
    expect(entries.map(({ outcome }) => outcome)).toEqual(['updated', 'updated', 'updated']);
    expect((await store.trail(call.id)).entries.map(({ outcome }) => outcome)).toEqual(['opened', 'finished']);
    expect(await store.batches.get(call.id)).toBeUndefined();
  });

  it('asks one question that shows every line, and makes all with one yes', async () => {
    const pipeline = await startPipeline(ASK);
    const given = [...titles(jane), { at: 'atlassian', args: { user_id: john, set: { active: false } } }];
    const call = batchCall(pipeline, given, { reason: 'reorganisation' });
    const ask = await questionOf(pipeline, call);
    expect(ask.question.message.split('\n')).toMatchInlineSnapshot(`
      [
        "Change 2 user records?",
        "Atlassian: 2 user records (ordinary 1, lifecycle 1)",
        ""John Smith" ("john.smith@acme.example") at Atlassian, connection "atlassian", user "3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0002":",
        "This takes their access to Atlassian away.",
        "- active: true → false",
        ""Jane Doe" ("jane.doe@acme.example", "jane@mail.example") at Atlassian, connection "atlassian", user "3f2c9d7e-1a44-4f6b-9c1e-7d5a2b8e0001":",
        "- title: "Product Manager" → "Head of Sales"",
        "Asked by "local", whose client calls itself "tests 1.0", reason: "reorganisation"",
      ]
    `);
    expect(ask.question.typed).toBe('2');
    expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
    const result = resultOf(
      await answered(pipeline, batchCall(pipeline, given, { reason: 'reorganisation' }), yesTo(ask)),
    );
    expect(result).toMatchObject({ outcome: 'updated', batch_id: call.id, counts: { updated: 2 } });
    expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(2);
  });

  it('skips a record that moved since the question, and makes the others', async () => {
    const pipeline = await startPipeline(ASK);
    const call = batchCall(pipeline, titles(jane, john, priya));
    const ask = await questionOf(pipeline, call);
    const record = pipeline.sandbox.vendors.atlassian.users.get(john);
    if (record) record['title'] = 'Director';
    const result = resultOf(await answered(pipeline, call, yesTo(ask)));
    expect(result).toMatchObject({ outcome: 'partly_updated', counts: { updated: 2, conflict: 1 } });
    expect(result.results[1]).toMatchObject({ outcome: 'conflict', code: 'record_changed' });
  });

  it('takes a yes once, and for exactly these changes', async () => {
    const pipeline = await startPipeline(ASK);
    const call = batchCall(pipeline, titles(jane, john));
    const ask = await questionOf(pipeline, call);
    const yes = yesTo(ask);
    for (const other of [titles(john, jane), titles(jane), titles(jane, john, priya)]) {
      const reply = await answered(pipeline, batchCall(pipeline, other), yes);
      expect(reply.kind).toBe('ask');
    }
    expect((await answered(pipeline, batchCall(pipeline, titles(jane, john), { allOrNothing: true }), yes)).kind).toBe(
      'ask',
    );
    expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
    expect(resultOf(await answered(pipeline, call, yes)).outcome).toBe('updated');
    // Both hold the new title now, so the same call changes nothing.
    expect(resultOf(await answered(pipeline, call, yes)).outcome).toBe('unchanged');
    expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(2);
  });

  it('puts everything back if one of all or nothing fails', async () => {
    const pipeline = await startPipeline();
    const { vendors } = pipeline.sandbox;
    const before = held(pipeline, [jane, john, priya]);
    vendors.atlassian.faults.push({ kind: 'status', status: 400, method: 'PUT' });
    const call = batchCall(pipeline, titles(jane, john, priya), { allOrNothing: true });
    const result = await runToEnd(pipeline, call);
    expect(result.counts).toEqual({ failed: 3 });
    expect(result.results.map(({ code }) => code).sort()).toEqual(['undone', 'undone', 'upstream_rejected']);
    expect(held(pipeline, [jane, john, priya])).toEqual(before);
  });
});
