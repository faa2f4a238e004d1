import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatPath } from '../../../src/lib/json/field-path.ts';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import { providers } from '../../../src/providers/index.ts';
import { toUserRecord } from '../../../src/providers/interpret/record-shape.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { JsonRecord, VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import type { RecordedField } from '../../../src/store/log/entry.ts';
import { decide } from '../../../src/update/policy/policy.ts';
import { clearableNames } from '../../../src/update/request/schema.ts';
import { differences, leafText } from '../../support/pipeline/leaf-oracle.ts';
import { leavesInQuestion, withoutEmpty } from '../../support/pipeline/leaf-reading.ts';
import { createPipeline, type Pipeline, stored, yesTo } from '../../support/pipeline/pipeline.ts';
import { planFor } from '../../support/pipeline/requests.ts';
import { undo } from '../../support/pipeline/undo.ts';
import { samples } from '../../support/vendors/samples.ts';

/**
 * The leaves that change at the vendor are those that were shown, judged, logged and undone, for random user records and
 * random requests. The vendor is the sandbox over HTTP; the expected leaves are computed from its records alone.
 */

const RUNS = 300;
const SEED = 20_261_127;

let pipeline: Pipeline;
beforeAll(async () => {
  // Personal values in clear, so that the audit log can be compared with the vendor's records and nothing is a guess.
  const config = { policy: { rules: [] }, redaction: { relax: ['model', 'record'] } };
  pipeline = await createPipeline({ config, env: { UPDATE_USER_STORE: 'memory' } });
});
afterAll(() => pipeline.stop());

interface Case {
  record: JsonObject;
  set: Record<string, Json>;
  clear: string[];
}

describe.each(providers.map((provider) => [provider.id as VendorId, provider] as const))('%s', (vendor, provider) => {
  const id = idOf(vendor, 'jane');
  const held = () => stored(pipeline.sandbox, vendor, id);
  const isExact = (path: string) => isFreeForm(provider, path.split('.')[0] ?? '');

  it(`shows, judges, logs and undoes exactly the leaves that change, in ${RUNS} cases`, async () => {
    let updated = 0;
    const property = fc.asyncProperty(casesOf(provider, vendor, held()), async ({ record, set, clear }) => {
      pipeline.sandbox.vendors[vendor].users.set(id, structuredClone(record) as JsonRecord);
      const args = { user_id: id, set, clear };
      const asked = await pipeline.converse(vendor, args);
      const done = asked.kind === 'ask' ? await pipeline.converse(vendor, args, yesTo(asked)) : asked;
      if (done.kind === 'ask') throw new Error('asked twice');
      const leaves = differences(provider, record, held());
      if (asked.kind === 'result' || done.outcome !== 'updated') {
        // The record has the target values already, or a vendor's rule forbids the change: nothing may change.
        expect(['unchanged', 'failed'], done.message).toContain(done.outcome);
        expect(leaves).toEqual([]);
        return;
      }
      updated++;
      const after = held();
      expect(leavesInQuestion(asked.question.message, isExact), 'shown').toEqual(leaves);
      expect(judged(provider, record, { set, clear }, leaves), 'judged').toEqual({ each: true, all: true });
      const [entry] = await (await pipeline.app.store()).list({ changeId: done.change_id ?? '', limit: 1 });
      const recorded = (entry?.body.fields ?? []).map((one) => recordedText(one, isExact)).sort();
      const changed = differences(provider, record, after, 'whole').map((leaf) =>
        leaf.replace(/^urn:\S*:(?=\w+: )/, ''),
      );
      expect(recorded, 'logged').toEqual(changed.sort());
      await undo(pipeline, done.change_id ?? '').catch((error: Error) => {
        expect(error.message).toContain('nothing of that change can be put back');
      });
      expect(differences(provider, record, held()), 'undone').toEqual(beyondUndo(provider, record, after));
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
    expect(updated).toBeGreaterThan(RUNS / 2);
  }, 600_000);
});

/** Whether a rule for each leaf applies to it, and whether rules for all leaves cover the whole plan. */
function judged(
  provider: Provider,
  record: JsonObject,
  request: Pick<Case, 'set' | 'clear'>,
  leaves: readonly string[],
) {
  const plan = planFor(provider.id, toUserRecord(provider, record), request);
  const connection = { name: provider.id, provider, settings: {} };
  const subject = { connection, caller: { principal: 'local' }, userId: '1', emails: [], people: () => 1 };
  const patterns = leaves.map((leaf) => `${provider.id}.${policyPath(leaf)}`);
  const isDenied = (field: string) => decide([{ field, decision: 'deny' }], subject, plan).verdict.decision === 'deny';
  const rules = [{ field: patterns, decision: 'allow' as const }, { decision: 'deny' as const }];
  return { each: patterns.every(isDenied), all: decide(rules, subject, plan).verdict.decision === 'allow' };
}

/** Policy names the second place of a field like the first. */
function policyPath(leaf: string): string {
  const [path = ''] = leaf.split(/ loses: | gains: |: (?=\S+ → |"|its )/);
  return path.startsWith('urn:') ? (path.split(':').at(-1) ?? '') : path;
}

function recordedText({ field, before, after }: RecordedField, isExact: (path: string) => boolean): string {
  const known = (value: unknown) => (isExact(field) ? value : withoutEmpty(value));
  return leafText(field, known(before), known(after));
}

/** What undo cannot restore: fields that cannot be cleared, and the absence of a free-form object. */
function beyondUndo(provider: Provider, before: JsonObject, after: JsonObject): string[] {
  const left = Object.entries(provider.fields).flatMap(([name, field]): [string, Json][] => {
    if (withoutEmpty(before[name]) !== undefined && before[name] !== undefined) return [];
    if (field.merge)
      return isFreeForm(provider, name) && before[name] === undefined && after[name] !== undefined ? [[name, {}]] : [];
    return field.clear || after[name] === undefined ? [] : [[name, after[name]]];
  });
  return differences(provider, before, { ...before, ...Object.fromEntries(left) });
}

function isFreeForm(provider: Provider, name: string): boolean {
  const merge = Object.hasOwn(provider.fields, name) ? provider.fields[name]?.merge : undefined;
  return merge !== undefined && merge.keys === undefined;
}

/** Texts that are easily confused, long, right-to-left, or similar to our own markup. */
const TEXTS = ['Jörg', 'Jo\u0308rg', 'a" → "b', 'x'.repeat(130), 'مدير', 'D’Angelo', 'True', ' ', '…'];
const KEYS = ['theme', 'access', 'a.b', 'x*', 'y\\z', 'is_admin', 'constructor', 'two words'];

const freeValue: fc.Arbitrary<Json> = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: fc.constantFrom<Json>(null, '', [], {}, true, false, 0, 1.5, 'light', 'viewer', ...TEXTS) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom<Json>('a', 'b', 'b', 1, null, '', {}), { maxLength: 4 }) },
    { weight: 2, arbitrary: tie('object') },
  ),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3 }) as fc.Arbitrary<Json>,
})).value;

const freeObject = fc.dictionary(fc.constantFrom(...KEYS), freeValue, { maxKeys: 4 });

/** A random user record for Jane, and a request that the tool accepts. */
function casesOf(provider: Provider, vendor: VendorId, jane: JsonObject): fc.Arbitrary<Case> {
  const settable = Object.entries(provider.fields).filter(([, field]) => field.sensitivity !== 'secret');
  const free = settable.filter(([name]) => isFreeForm(provider, name)).map(([name]) => name);
  const requests = settable.map(([name]) =>
    fc.record({ name: fc.constant(name), value: valueOf(provider, vendor, name) }),
  );
  // Ids, and fields that the vendor fills in by itself, are always present.
  const kept = new Set([
    ...provider.ids,
    ...Object.keys(provider.write.echo ?? {}),
    ...Object.keys(provider.write.fillsIn ?? {}),
    ...(samples[vendor].bound ?? []),
  ]);
  const states = settable
    .filter(([name]) => !kept.has(name) && !free.includes(name))
    .map(([name]) =>
      fc.record({
        name: fc.constant(name),
        value: fc.oneof(asHeld(provider, name, valueOf(provider, vendor, name)), fc.constantFrom(null, undefined)),
      }),
    );
  const frees = fc.record(
    Object.fromEntries(free.map((name) => [name, fc.option(freeObject, { freq: 8, nil: undefined })])),
  );
  const extension = fc.constantFrom<Json>(
    {},
    { department: 'Sales', costCenter: 7 },
    { organization: 'Acme', x: null },
  );
  const mirrors = [...new Set(settable.flatMap(([, { mirror }]) => (mirror ? [mirror[0]] : [])))];
  return fc
    .record({
      states: fc.array(fc.oneof(...states), { maxLength: 6 }),
      frees,
      unknown: freeValue,
      extensions: fc.record(Object.fromEntries(mirrors.map((name) => [name, extension]))),
      requests: fc.array(fc.oneof(...requests), { maxLength: 4 }),
      clears: fc.array(fc.constantFrom(...clearableNames(provider).names, '(free)'), { maxLength: 2 }),
      nth: fc.nat(),
    })
    .map(({ states: changed, frees: objects, unknown, extensions, requests: requested, clears, nth }) => {
      const record: Record<string, unknown> = {
        ...jane,
        ...toObject(changed),
        ...objects,
        ...extensions,
        ...(provider.write.carry === 'record' && { x_custom: unknown }),
      };
      const paths = free.flatMap((name) =>
        provider.fields[name]?.merge?.clear ? pathsIn(record[name] as Json | undefined, [name]) : [],
      );
      const clear = clears.flatMap((name) =>
        name === '(free)' ? (paths[nth % Math.max(1, paths.length)] ?? []) : name,
      );
      return {
        record: withoutUndefined(record),
        set: toObject(requested) as Record<string, Json>,
        clear: [...new Set(clear)],
      };
    });
}

function valueOf(provider: Provider, vendor: VendorId, name: string): fc.Arbitrary<Json> {
  if (isFreeForm(provider, name)) {
    // A request must not set a first-level key of a merged object to nothing.
    return freeObject.map((object) =>
      Object.fromEntries(
        Object.entries(object).map(([key, value]) => [key, value === null || value === '' ? 'x' : value]),
      ),
    );
  }
  const sample = samples[vendor].fields[name]?.valid as Json;
  const entries = [1, 2, 2, 3].map((role): Json => role);
  const phones = ['+1 1', '+1 2'].map((value): Json => ({ value, type: 'work' }));
  const options: Json[] = [sample, ...TEXTS, true, false, 7, 14, entries, entries.slice(1), phones, phones.slice(1)];
  const schema = provider.fields[name]?.schema;
  const fitting = options.filter((value) => {
    const parsed = schema?.safeParse(value);
    return parsed?.success && typeof parsed.data === typeof value;
  });
  return fc.constantFrom(...fitting);
}

/** A value as the vendor would return it after it was set. */
function asHeld(provider: Provider, name: string, value: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return value.map((each) => provider.fields[name]?.schema.parse(each) as Json);
}

function pathsIn(value: Json | undefined, prefix: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const path = [...prefix, key];
    return [formatPath(path), ...pathsIn(member as Json, path)];
  });
}

function toObject(members: readonly { name: string; value: unknown }[]): Record<string, unknown> {
  return Object.fromEntries(members.map(({ name, value }) => [name, value]));
}

function withoutUndefined(record: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as JsonObject;
}
