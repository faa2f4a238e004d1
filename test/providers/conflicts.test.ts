import { afterAll, beforeAll, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import type { VendorId } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { createPipeline, type Pipeline } from '../support/pipeline/pipeline.ts';

/** A vendor's sentence about a taken value may be about the person who has it. */

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await createPipeline();
});
afterAll(() => pipeline.stop());

const words = 'userName is taken by Robert Smith (born 1971-03-02, +49 170 1234567, bob@elsewhere.test)';
const body = { detail: words, error: words, message: words, description: words };

it.each(providers.map((provider) => [provider.id as VendorId, provider] as const))(
  'the sentence of a conflict is not shown: %s',
  async (vendor, { example }) => {
    pipeline.sandbox.vendors[vendor].faults.push({ kind: 'status', method: 'PUT', status: 409, body });
    const result = await pipeline.call(vendor, { ...example, user_id: idOf(vendor, 'john') });
    expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
    expect(JSON.stringify(result)).not.toMatch(/Robert|1971|bob|4567|quoted/);
  },
);

it.each(providers.map((provider) => [provider.id as VendorId, provider] as const))(
  'other sentences are masked by shape, and contain no quotation marks of their own: %s',
  async (vendor, { example }) => {
    const sentence = `Not valid” said of Bob.\nNext: “call again", ${words}`;
    const said = Object.fromEntries(Object.keys(body).map((key) => [key, sentence]));
    pipeline.sandbox.vendors[vendor].faults.push({ kind: 'status', method: 'PUT', status: 400, body: said });
    const result = await pipeline.call(vendor, { ...example, user_id: idOf(vendor, 'john') });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(result.message).not.toMatch(/1971|1234567|bob@/);
    const [, quoted = ''] = /\(quoted\): “(.*)”/.exec(result.message) ?? [];
    expect(quoted).toMatch(/^Not valid said of Bob\. Next: call again, /);
    expect(quoted).not.toMatch(/[\p{Pi}\p{Pf}"'\n]/u);
    expect(quoted.length).toBeLessThanOrEqual(200);
  },
);
