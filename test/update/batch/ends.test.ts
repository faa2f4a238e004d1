import { expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { answered, batchCall, type GivenChange, questionOf, resultOf, runToEnd } from '../../support/pipeline/batch.ts';
import { type Pipeline, putsAt, startPipeline, stored, yesTo } from '../../support/pipeline/pipeline.ts';

/** The ways a batch ends other than by making all of it. */

const ids = (['jane', 'john', 'priya'] as const).map((key) => idOf('atlassian', key));
const [jane = '', john = '', priya = ''] = ids;
const ASK = { config: { policy: { rules: [] } } };
const title = (user_id: string, value = 'Lead'): GivenChange => ({
  at: 'atlassian',
  args: { user_id, set: { title: value } },
});
const suspends = (user_id: string): GivenChange => ({ at: 'atlassian', args: { user_id, set: { active: false } } });
const entriesOf = async ({ app }: Pipeline, batchId: string) => (await app.store()).list({ batchId, limit: 100 });

it('records a no for every change, and does not take a yes to the same question after it', async () => {
  const pipeline = await startPipeline(ASK);
  const call = batchCall(
    pipeline,
    ids.map((id) => title(id)),
  );
  const ask = await questionOf(pipeline, call);
  const no = { ...yesTo(ask), choice: 'no' as const };
  const refused = resultOf(await answered(pipeline, call, no));
  expect(refused).toMatchObject({ outcome: 'refused', counts: { refused: 3 } });
  expect(refused.results.every(({ code }) => code === 'declined')).toBe(true);
  const entries = await entriesOf(pipeline, call.id);
  expect(entries.map(({ outcome, body }) => [outcome, body.fields[0]?.field])).toEqual(
    Array.from({ length: 3 }, () => ['refused', 'title']),
  );
  expect((await answered(pipeline, call, yesTo(ask))).kind).toBe('ask');
  expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
});

it('asks again for a wrong number, three times at most', async () => {
  const pipeline = await startPipeline(ASK);
  const call = batchCall(pipeline, [suspends(jane), title(john)]);
  let ask = await questionOf(pipeline, call);
  for (const typed of ['1', 'Jane Doe']) {
    const reply = await answered(pipeline, call, { ...yesTo(ask), typed });
    if (reply.kind !== 'ask') throw new Error('expected to be asked again');
    ask = reply;
  }
  const refused = resultOf(await answered(pipeline, call, { ...yesTo(ask), typed: 'two' }));
  expect(refused.counts).toEqual({ refused: 2 });
  expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
});

it('refuses alone what policy denies, and what the vendor does not have', async () => {
  const rules = [
    { effect: 'lifecycle', decision: 'deny' },
    { field: '*', decision: 'allow' },
  ];
  const pipeline = await startPipeline({ config: { policy: { rules } } });
  const unknown = '00000000-0000-4000-8000-000000000000';
  const call = batchCall(pipeline, [suspends(jane), title(john), title(unknown)]);
  const result = await runToEnd(pipeline, call);
  expect(result.outcome).toBe('partly_updated');
  expect(result.results.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['denied', 'denied_by_policy'],
    ['updated', undefined],
    ['failed', 'not_found'],
  ]);
  const entries = await entriesOf(pipeline, call.id);
  expect(entries.map(({ outcome }) => outcome).sort()).toEqual(['denied', 'failed', 'updated']);
});

it('asks for the strictest decision of all', async () => {
  const rules = [
    { effect: 'lifecycle', decision: 'approve' },
    { field: '*', decision: 'allow' },
  ];
  const pipeline = await startPipeline({ config: { policy: { rules } } });
  const result = await runToEnd(pipeline, batchCall(pipeline, [suspends(jane), title(john)]));
  // There is no approver.
  expect(result.results.map(({ code }) => code)).toEqual(['confirmation_unavailable', 'confirmation_unavailable']);
  expect(putsAt(pipeline.sandbox, 'atlassian')).toEqual([]);
});

it('writes nothing of all or nothing if a change is denied, cannot be undone, or moved', async () => {
  const rules = [
    { field: '*.displayName', decision: 'deny' },
    { field: '*', decision: 'allow' },
  ];
  const pipeline = await startPipeline({ config: { policy: { rules } } });
  const denied = { at: 'atlassian', args: { user_id: jane, set: { displayName: 'J' } } };
  const result = await runToEnd(pipeline, batchCall(pipeline, [denied, title(john)], { allOrNothing: true }));
  expect(result.results.map(({ code }) => code)).toEqual(['denied_by_policy', 'not_started']);

  const other = await startPipeline(ASK);
  const call = batchCall(other, [title(jane), title(john)], { allOrNothing: true });
  const ask = await questionOf(other, call);
  const record = other.sandbox.vendors.atlassian.users.get(john);
  if (record) record['title'] = 'Director';
  const moved = resultOf(await answered(other, call, yesTo(ask)));
  expect(moved.results.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['failed', 'not_started'],
    ['conflict', 'record_changed'],
  ]);
  expect([...putsAt(pipeline.sandbox, 'atlassian'), ...putsAt(other.sandbox, 'atlassian')]).toEqual([]);
});

it('says whose record is not as it was if putting back fails', async () => {
  const pipeline = await startPipeline();
  const { faults } = pipeline.sandbox.vendors.atlassian;
  faults.push({ kind: 'status', status: 400, method: 'PUT', path: priya });
  // The second write of John is the one that would put him back.
  const call = batchCall(pipeline, [title(john), title(priya)], {
    allOrNothing: true,
    observer: {
      ended: () => {
        if (!faults.some(({ path }) => path === john))
          faults.push({ kind: 'status', status: 400, method: 'PUT', path: john });
      },
    },
  });
  const result = await runToEnd(pipeline, call);
  const [first, second] = result.results;
  if (first?.outcome !== 'updated')
    throw new Error(`the test needs John to be made first: ${JSON.stringify(result.results)}`);
  expect(first).toMatchObject({ outcome: 'updated', code: 'upstream_rejected' });
  expect(first.message).toContain('could not be put back');
  expect(second).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
  expect(stored(pipeline.sandbox, 'atlassian', john)).toMatchObject({ title: 'Lead' });
});

it('begins nothing more once the caller has left', async () => {
  const pipeline = await startPipeline({ config: { limits: { concurrentWrites: 1 } } });
  const leaving = new AbortController();
  const call = batchCall(
    pipeline,
    ids.map((id) => title(id)),
    {
      signal: leaving.signal,
      observer: { ended: () => leaving.abort() },
    },
  );
  const result = await runToEnd(pipeline, call);
  expect(result.results.map(({ outcome, code }) => [outcome, code])).toEqual([
    ['updated', undefined],
    ['failed', 'not_started'],
    ['failed', 'not_started'],
  ]);
  expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(1);
});

it('begins nothing after its time', async () => {
  const pipeline = await startPipeline();
  const call = batchCall(
    pipeline,
    ids.map((id) => title(id)),
    { until: performance.now() - 1 },
  );
  const result = await runToEnd(pipeline, call);
  expect(result.results.map(({ code }) => code)).toEqual(['not_started', 'not_started', 'not_started']);
  expect(pipeline.sandbox.vendors.atlassian.requests).toEqual([]);
});

it('records a change that ended before the question once, also if no answer came', async () => {
  const pipeline = await startPipeline(ASK);
  const call = batchCall(pipeline, [title(jane), title('00000000-0000-4000-8000-000000000000')]);
  await questionOf(pipeline, call);
  const result = await runToEnd(pipeline, { ...call, canAsk: false, unanswered: true });
  expect(result.results.map(({ code }) => code)).toEqual(['confirmation_unavailable', 'not_found']);
  expect((await entriesOf(pipeline, call.id)).map(({ body }) => body.code).sort()).toEqual([
    'confirmation_unavailable',
    'not_found',
  ]);
});
