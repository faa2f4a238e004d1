import { expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import type { BatchCall, BatchReply } from '../../../../src/update/batch/types.ts';
import { updateMany } from '../../../../src/update/batch/update-many.ts';
import type { Answer } from '../../../../src/update/types.ts';
import { batchCall, type GivenChange, questionOf } from '../../../support/pipeline/batch.ts';
import { type Pipeline, startPipeline, yesTo } from '../../../support/pipeline/pipeline.ts';

/** Batches that end without being opened are told of and counted like the others. */

const titles = (...names: ('jane' | 'john')[]): GivenChange[] =>
  names.map((name) => ({
    at: 'atlassian',
    args: { user_id: idOf('atlassian', name), set: { title: 'Head of Sales' } },
  }));

async function run({ app }: Pipeline, call: BatchCall, answer?: Answer) {
  const counted: string[] = [];
  const telemetry = {
    verdict() {},
    upstream() {},
    waited() {},
    notice() {},
    batch: (outcome: string) => counted.push(outcome),
  };
  const ports = { ...(await app.ports()), telemetry };
  const reply: BatchReply = await updateMany({ ...call, ...(answer && { answer }) }, ports);
  const store = await app.store();
  const events = (await store.trail(call.id)).entries.map(({ outcome, body }) => ({
    outcome,
    people: body.people,
    counts: body.counts,
  }));
  return { reply, counted, events };
}

it('counts a batch that was carried out, once', async () => {
  const pipeline = await startPipeline();
  const { counted, events } = await run(pipeline, batchCall(pipeline, titles('jane', 'john')));
  expect(counted).toEqual(['updated']);
  expect(events).toMatchObject([{ outcome: 'opened' }, { outcome: 'finished', people: 2, counts: { updated: 2 } }]);
});

it.each([
  ['a person says no', {}, {}, 'refused'],
  ['policy denies all of it', { rules: [{ field: '*', decision: 'deny' }] }, {}, 'denied'],
  ['nobody can be asked', {}, { canAsk: false }, 'failed'],
] as const)('records the end where %s', async (_, policy, more, outcome) => {
  const pipeline = await startPipeline({ config: { policy: { rules: [], ...policy } } });
  const call = batchCall(pipeline, titles('jane', 'john'), more);
  const ask = outcome === 'refused' ? await questionOf(pipeline, call) : undefined;
  const { reply, counted, events } = await run(pipeline, call, ask && { ...yesTo(ask), action: 'decline' as const });
  expect(reply).toMatchObject({ kind: 'batch', outcome });
  expect(counted).toEqual([outcome]);
  expect(events).toEqual([{ outcome: 'finished', people: 2, counts: { [outcome]: 2 } }]);
});

it('records the end of an all-or-nothing batch that is blocked, with those that were not begun', async () => {
  const pipeline = await startPipeline();
  const gone = { at: 'atlassian', args: { user_id: 'nobody-of-that-id', set: { title: 'Head of Sales' } } };
  const { events } = await run(pipeline, batchCall(pipeline, [...titles('jane'), gone], { allOrNothing: true }));
  expect(events).toEqual([{ outcome: 'finished', people: 2, counts: { failed: 2 } }]);
});

it('records nothing for a preview, for what already is so, and while the answer is missing', async () => {
  const pipeline = await startPipeline({ config: { policy: { rules: [] } } });
  const preview = await run(pipeline, batchCall(pipeline, titles('jane'), { dryRun: true }));
  expect(preview).toMatchObject({ counted: [], events: [] });
  const asked = await run(pipeline, batchCall(pipeline, titles('jane')));
  expect(asked).toMatchObject({ reply: { kind: 'ask' }, counted: [], events: [] });
  const same = [{ at: 'atlassian', args: { user_id: idOf('atlassian', 'jane'), set: { title: 'Product Manager' } } }];
  expect((await run(pipeline, batchCall(pipeline, same))).events).toEqual([]);
});
