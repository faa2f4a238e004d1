import { describe, expect, it } from 'vitest';
import type { VendorRateLimit } from '../../../src/sandbox/types.ts';
import { batchCall, runToEnd } from '../../support/pipeline/batch.ts';
import { addCrowd, positionOf } from '../../support/pipeline/crowd.ts';
import { putsAt, startPipeline, stored } from '../../support/pipeline/pipeline.ts';
import { makeMoment } from '../../support/vendors/hold.ts';

describe('a batch at a vendor that slows it down', () => {
  it.each<[string, number, VendorRateLimit]>([
    ['for a second', 6, { requests: 10, perMs: 1000, retryAfter: 1 }],
    ['without a word on how long', 12, { requests: 10, perMs: 200 }],
  ])('%s makes every change once, and is refused little', async (_name, count, rateLimit) => {
    const pipeline = await startPipeline();
    const { awork } = pipeline.sandbox.vendors;
    const ids = addCrowd(pipeline, count);
    awork.options.rateLimit = rateLimit;
    const call = batchCall(pipeline, positionOf(ids));
    const result = await runToEnd(pipeline, call);
    expect(result.counts).toEqual({ updated: count });
    for (const id of ids) expect(stored(pipeline.sandbox, 'awork', id)['position']).toBe('Head of Sales');
    // Reads to plan, to write and to verify, and the write; what is more was refused, or looked again after a wait.
    expect(awork.requests.length).toBeGreaterThan(4 * count);
    expect(awork.requests.length).toBeLessThan(7 * count);
    const entries = await (await pipeline.app.store()).list({ batchId: call.id, limit: 100 });
    expect(entries.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'updated'));
  });

  it('begins nothing if the pause is longer than the batch may take', async () => {
    const pipeline = await startPipeline();
    const ids = addCrowd(pipeline, 8);
    const { awork } = pipeline.sandbox.vendors;
    awork.faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '60' } });
    const call = batchCall(pipeline, positionOf(ids), { until: performance.now() + 50_000 });
    const result = await runToEnd(pipeline, call);
    expect(result.outcome).toBe('failed');
    expect(new Set(result.results.map(({ code }) => code))).toEqual(new Set(['rate_limited', 'not_started']));
    expect(result.results.at(-1)?.message).toMatch(/says to slow down for longer/);
    expect(putsAt(pipeline.sandbox, 'awork')).toEqual([]);
  });
});

it('is not held up by one person whose record takes long', async () => {
  const pipeline = await startPipeline();
  const [slow = '', ...others] = addCrowd(pipeline, 12);
  const { come: othersDone, tell } = makeMoment();
  const ended: string[] = [];
  const call = batchCall(pipeline, positionOf([slow, ...others]), {
    observer: {
      opened: () => {
        // Planned already: from here on, the first read of this person waits until all the others are done.
        const held = { kind: 'run' as const, method: 'GET', path: slow, run: () => othersDone };
        pipeline.sandbox.vendors.awork.faults.push(held);
      },
      ended(_, { user }) {
        ended.push(user.id);
        if (ended.length === others.length) tell();
      },
    },
  });
  const result = await runToEnd(pipeline, call);
  expect(result.counts).toEqual({ updated: 12 });
  expect(ended.at(-1)).toBe(slow);
});
