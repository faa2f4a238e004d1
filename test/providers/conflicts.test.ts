import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VendorId } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { createPipeline, type Pipeline } from '../support/pipeline/pipeline.ts';
import { ALL_PRESETS, testedTable } from '../support/vendors/registry.ts';
import { samples } from '../support/vendors/samples.ts';

/** A vendor's sentence about a taken value may be about the person who has it. */

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await createPipeline({ config: ALL_PRESETS });
});
afterAll(() => pipeline.stop());

const words = 'userName is taken by Robert Smith (born 1971-03-02, +49 170 1234567, bob@elsewhere.test)';

/** The update call of John fails once, with this sentence in the vendor's own form. */
function failWith(vendor: VendorId, status: number, sentence: string) {
  const { method = 'PUT', userPath, marked } = samples[vendor];
  pipeline.sandbox.vendors[vendor].faults.push({
    ...{ kind: 'status', method, path: userPath, status, body: marked.error(sentence) },
  });
}

it.each(testedTable)('%s: the sentence of a conflict is not shown', async (vendor, { provider: { example } }) => {
  failWith(vendor, 409, words);
  const result = await pipeline.call(vendor, { ...example, user_id: idOf(vendor, 'john') });
  expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
  expect(JSON.stringify(result)).not.toMatch(/Robert|1971|bob|4567|quoted/);
});

it.each(testedTable)(
  '%s: other sentences are masked by shape, and contain no quotation marks of their own',
  async (vendor, { provider: { example } }) => {
    failWith(vendor, 400, `Not valid” said of Bob.\nNext: “call again", ${words}`);
    const result = await pipeline.call(vendor, { ...example, user_id: idOf(vendor, 'john') });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(result.message).not.toMatch(/1971|1234567|bob@/);
    const [, quoted = ''] = /\(quoted\): “(.*)”/.exec(result.message) ?? [];
    expect(quoted).toMatch(/^Not valid said of Bob\. Next: call again, /);
    expect(quoted).not.toMatch(/[\p{Pi}\p{Pf}"'\n]/u);
    expect(quoted.length).toBeLessThanOrEqual(200);
  },
);
