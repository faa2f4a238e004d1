import { expect, it } from 'vitest';
import { idOf } from '../../../../src/sandbox/people.ts';
import type { ListedChange } from '../../../../src/store/log/entry.ts';
import { keyOfRecord } from '../../../../src/update/batch/recorded.ts';
import { countsSoFar, endInterrupted } from '../../../../src/update/batch/run/interrupted.ts';
import type { BatchCall, BatchObserver } from '../../../../src/update/batch/types.ts';
import { batchCall, type GivenChange, runToEnd } from '../../../support/pipeline/batch.ts';
import { type Pipeline, putsAt, startPipeline } from '../../../support/pipeline/pipeline.ts';

/** What another process says of a batch whose process has ended. test/e2e/batch kills a real one. */

const [jane, john, priya] = (['jane', 'john', 'priya'] as const).map((key) => idOf('atlassian', key));
const title = (user_id: string | undefined, value = 'Lead'): GivenChange => ({
  at: 'atlassian',
  args: { user_id, set: { title: value } },
});

/** One at a time, so that it is known how many were made. */
const ONE = { config: { limits: { concurrentWrites: 1 } } };

async function interrupt(pipeline: Pipeline, given: GivenChange[], count: number, more: Partial<BatchCall> = {}) {
  let ended = 0;
  const observer: BatchObserver = {
    ended() {
      if (++ended === count) throw new Error('killed');
    },
  };
  const call = batchCall(pipeline, given, { observer, ...more });
  await expect(runToEnd(pipeline, call)).rejects.toThrow('killed');
  const ports = await pipeline.app.ports();
  // Of this process, which is alive, the store would say that it still carries the batch out.
  const batches = {
    ...ports.store.batches,
    endInterrupted: (id: string, entry: Parameters<typeof ports.store.batches.finish>[1]) =>
      ports.store.batches.finish(id, entry, 'keep'),
  };
  const others = { ...ports, store: { ...ports.store, batches } };
  await endInterrupted(['no-such-batch', call.id], pipeline.app.settings.connections, others);
  const { entries } = await ports.store.trail(call.id);
  return { call, entries, ports };
}

it('counts what was made, what was so already, what failed and what was not begun', async () => {
  const pipeline = await startPipeline(ONE);
  const given = [title(jane, 'Product Manager'), title('no-such-user'), title(john), title(priya)];
  const { call, entries, ports } = await interrupt(pipeline, given, 1, { reason: 'reorganisation' });
  expect(putsAt(pipeline.sandbox, 'atlassian')).toHaveLength(1);
  expect(entries.map(({ outcome }) => outcome)).toEqual(['opened', 'finished']);
  const { body, ...entry } = entries[1] ?? { body: {} };
  expect(entry).toMatchObject({ provider: 'atlassian', connection: 'atlassian', userId: '', changeId: call.id });
  expect(body).toMatchObject({
    batchId: call.id,
    caller: call.caller.principal,
    reason: 'reorganisation',
    people: 4,
    interrupted: true,
    counts: { updated: 1, unchanged: 1, failed: 2 },
  });
  expect(await ports.store.batches.get(call.id)).toBeDefined(); // to be resumed
});

it('counts what was put back as failed', () => {
  const at = (userId: string, changeId: string, outcome: string, undoes?: string) => {
    const body = { tool: 'apply', caller: 'operator', fields: [], ...(undoes !== undefined && { undoes }) };
    return { ...user(userId), changeId, outcome, body } as unknown as ListedChange;
  };
  const user = (userId: string) => ({ provider: 'awork', connection: 'awork', userId });
  const made = [at('1', 'c1', 'updated'), at('2', 'c2', 'updated'), at('3', 'c3', 'conflict')];
  const recorded = {
    made: new Map(made.map((change) => [keyOfRecord(change), change])),
    putBack: [at('1', 'c4', 'updated', 'c1'), at('2', 'c5', 'failed', 'c2')],
  };
  const stored = ['1', '2', '3', '4'].map((userId) => ({ ...user(userId), digest: 'd' }));
  expect(countsSoFar(stored, recorded)).toEqual({ updated: 1, conflict: 1, failed: 2 });
});
