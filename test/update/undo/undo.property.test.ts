import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { withoutValueAt } from '../../../src/providers/interpret/record-shape.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { JsonRecord, VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { clearableNames } from '../../../src/update/request/schema.ts';
import { createPipeline, type Pipeline, stored } from '../../support/pipeline/pipeline.ts';
import { undo } from '../../support/pipeline/undo.ts';
import { ALL_PRESETS, testedTable } from '../../support/vendors/registry.ts';
import { samples } from '../../support/vendors/samples.ts';

const SEED = 20_261_123;
const RUNS = 30;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await createPipeline({ config: ALL_PRESETS });
});
afterAll(() => pipeline.stop());

type Step =
  | { kind: 'set'; field: string; value: unknown }
  | { kind: 'clear'; field: string }
  | { kind: 'undo'; of: number };

describe.each(testedTable)('%s', (vendor, { provider }) => {
  const id = idOf(vendor, 'jane');
  // What a vendor derives from a value comes back when the vendor derives it again.
  const derived = Object.values(provider.fields).flatMap(({ derives }) => derives ?? []);
  const record = () => {
    const held = withoutMoving(stored(pipeline.sandbox, vendor, id), vendor) as JsonObject;
    return derived.reduce((rest, path) => withoutValueAt(rest, path), held) as JsonRecord;
  };
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...settings(provider, vendor)) },
    { weight: 2, arbitrary: fc.nat({ max: 20 }).map((of): Step => ({ kind: 'undo', of })) },
  );

  it('has the original record back after any updates and undos are undone in reverse', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      pipeline.sandbox.vendors[vendor].reset();
      const before = record();
      const changes: string[] = [];
      for (const one of steps) {
        const result = await take(one, changes);
        if (result?.outcome === 'updated' && result.change_id) changes.push(result.change_id);
        // A vendor's rule may stand in the way (an ssoId without sso): then nothing happened.
        else if (result?.outcome !== 'unchanged' && result)
          expect(['invalid_input', 'upstream_rejected']).toContain(result.code);
      }
      for (const change of [...changes].reverse()) {
        const result = await undo(pipeline, change);
        expect(['updated', 'unchanged']).toContain(result.outcome);
      }
      expect(record()).toEqual(before);
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });

    async function take(one: Step, changes: readonly string[]) {
      if (one.kind === 'undo') {
        const change = changes[one.of];
        return change === undefined ? undefined : await undo(pipeline, change);
      }
      const args = one.kind === 'set' ? { set: { [one.field]: one.value } } : { clear: [one.field] };
      return await pipeline.call(vendor, { user_id: id, ...args });
    }
  });

  it('never overwrites a foreign edit without a yes of its own', async () => {
    const field = settings(provider, vendor).filter((one): one is Step & { kind: 'set' } => one.kind === 'set');
    const property = fc.asyncProperty(fc.constantFrom(...field), fc.boolean(), async (change, overwrite) => {
      pipeline.sandbox.vendors[vendor].reset();
      const before = record();
      const { change_id, outcome } = await pipeline.call(vendor, {
        user_id: id,
        set: { [change.field]: change.value },
      });
      if (outcome !== 'updated' || !change_id) return;
      const foreign = foreignEdit(before, change.field);
      if (foreign === undefined) return;
      edit(vendor, id, change.field, foreign);
      const edited = record();
      const result = await undo(pipeline, change_id, { overwrite });
      expect(result.question).toContain(
        `- ${change.field}: changed since by someone else; overwriting it needs its own yes`,
      );
      expect(result.outcome).toBe(overwrite ? 'updated' : 'refused');
      expect(record()).toEqual(overwrite ? before : edited);
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
  });
});

/** Every field with a few values, and every name that can be cleared; without what cannot be undone. */
function settings(provider: Provider, vendor: VendorId): Step[] {
  const sets = Object.entries(samples[vendor].fields).flatMap(([field, { valid, held }]): Step[] => {
    const definition = provider.fields[field];
    if (!definition || definition.sensitivity === 'secret' || definition.readback === false || held) return [];
    const variants = typeof valid === 'string' ? [valid, `${valid}1`, `1${valid}`] : [valid];
    return variants
      .filter((value) => definition.schema.safeParse(value).success)
      .map((value) => ({ kind: 'set', field, value }));
  });
  const clears = clearableNames(provider).names.map((field): Step => ({ kind: 'clear', field }));
  return [...sets, ...clears];
}

/** A text of another client, for fields that hold text. */
function foreignEdit(record: JsonRecord, field: string): string | undefined {
  const free = [
    'title',
    'position',
    'nickName',
    'company',
    'first_name',
    'middle_name',
    'firstName',
    'city',
    'displayName',
  ];
  return free.includes(field) && typeof record[field] === 'string' ? 'Another Client’s' : undefined;
}

function edit(vendor: VendorId, id: string, field: string, value: string): void {
  const record = pipeline.sandbox.vendors[vendor].users.get(id);
  if (record) record[field] = value;
}

function withoutMoving(record: JsonRecord, vendor: VendorId): JsonRecord {
  const { volatile, outlives = [] } = samples[vendor];
  return Object.fromEntries(Object.entries(record).filter(([name]) => ![...volatile, ...outlives].includes(name)));
}
