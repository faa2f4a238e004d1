import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { JsonRecord, RecordedRequest, Sandbox, VendorId } from '../../../src/sandbox/index.ts';
import { idOf, type PersonKey } from '../../../src/sandbox/people.ts';
import type { Result } from '../../../src/update/types.ts';
import { createPipeline, type Pipeline, type PipelineOptions, putsAt, stored } from '../pipeline/pipeline.ts';

/** One vendor and its connection for a test file; the vendor is reset before each test. */
export interface VendorUnderTest<Id extends VendorId> {
  readonly pipeline: Pipeline;
  readonly vendor: Sandbox['vendors'][Id];
  update(key: PersonKey, args: object): Promise<Result>;
  held(key: PersonKey): JsonRecord;
  /** Changes the stored record at the vendor. */
  edit(key: PersonKey, change: (record: JsonRecord) => void): void;
  puts(): RecordedRequest[];
  /** The parsed body of the only PUT. */
  body(): JsonRecord;
}

export function useVendor<Id extends VendorId>(id: Id, options: PipelineOptions = {}): VendorUnderTest<Id> {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await createPipeline(options);
  });
  beforeEach(() => pipeline.sandbox.vendors[id].reset());
  afterAll(() => pipeline.stop());
  const puts = () => putsAt(pipeline.sandbox, id);
  return {
    get pipeline() {
      return pipeline;
    },
    get vendor() {
      return pipeline.sandbox.vendors[id];
    },
    update: (key, args) => pipeline.call(id, { user_id: idOf(id, key), ...args }),
    held: (key) => stored(pipeline.sandbox, id, idOf(id, key)),
    edit(key, change) {
      const record = pipeline.sandbox.vendors[id].users.get(idOf(id, key));
      if (record) change(record);
    },
    puts,
    body() {
      const [only, ...others] = puts();
      if (!only || others.length > 0) throw new Error(`${others.length + (only ? 1 : 0)} writes, not one`);
      return only.body as JsonRecord;
    },
  };
}
