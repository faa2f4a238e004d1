import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonRecord, JsonValue } from '../../src/sandbox/index.ts';
import { parseJson, toJson } from '../../src/sandbox/json.ts';
import { idOf } from '../../src/sandbox/people.ts';
import type { VendorSamples } from '../../src/sandbox/samples.ts';
import { createPipeline, type Pipeline, putsAt, stored, yesTo } from '../support/pipeline/pipeline.ts';
import { placed } from '../support/vendors/placed.ts';
import type { TestedProvider } from '../support/vendors/registry.ts';
import { without } from '../support/vendors/samples.ts';

/** What every provider has to do, whatever its API. */
export function testProvider({ id: vendor, provider, config }: TestedProvider, samples: VendorSamples): void {
  const jane = idOf(vendor, 'jane');
  const fields = Object.entries(provider.fields);
  const clearable = Object.entries(samples.clearable);
  const listed = Object.keys(samples.fields);
  const [first = ''] = listed;
  /** A text field, which can be changed alone. */
  const name = samples.marked.personal;
  let pipeline: Pipeline;

  const held = (id = jane) => placed(samples, stored(pipeline.sandbox, vendor, id));
  const puts = () => putsAt(pipeline.sandbox, vendor);
  const requests = () => pipeline.sandbox.vendors[vendor].requests;

  /** Calls the tool and expects exactly these attributes to change, in the body and at the vendor. */
  async function expectToChange(id: string, args: object, change: (before: JsonRecord) => JsonRecord): Promise<void> {
    const before = held(id);
    const changed = change(before);
    const result = await pipeline.call(vendor, { user_id: id, ...args });
    expect(result).toMatchObject({ outcome: 'updated', provider: provider.id, connection: provider.id });
    expect(result).not.toHaveProperty('collateral');
    expect(puts()).toHaveLength(1);
    expect(parseJson(puts()[0]?.rawBody ?? '')).toEqual(samples.body(before, changed));
    expectChanged(before, held(id), changed, samples.volatile);
    expect(requests().at(-1)?.method).toBe('GET');
  }

  describe(`${provider.id}: contract`, () => {
    beforeAll(async () => {
      pipeline = await createPipeline({ config });
    });
    beforeEach(() => pipeline.sandbox.vendors[vendor].reset());
    afterAll(() => pipeline.stop());

    it('declares every field the vendor’s page lists, and has a sample of each', () => {
      expect(Object.keys(provider.fields).sort()).toEqual([...listed].sort());
    });

    it.each(fields)('%s has no default that could be sent', (_name, field) => {
      expect(field.schema.optional().safeParse(undefined)).toEqual({ success: true, data: undefined });
      expect(JSON.stringify(z.toJSONSchema(field.schema, { io: 'input', unrepresentable: 'any' }))).not.toMatch(
        /"default"/,
      );
    });

    describe('set', () => {
      it.each(fields)('%s alone is sent and stored, and changes nothing else', async (name) => {
        const { valid, changes, held: first } = sampleOf(samples, name);
        if (first) Object.assign(pipeline.sandbox.vendors[vendor].users.get(jane) ?? {}, first);
        await expectToChange(jane, { set: { [name]: valid } }, changes ?? (() => ({ [name]: valid as JsonValue })));
      });

      it.each(fields)('%s with its current value is unchanged, and nothing is sent', async (name, field) => {
        const value = asArgument(held()[name]);
        if (field.readback === false || value === undefined) return;
        const result = await pipeline.call(vendor, { user_id: jane, set: { [name]: value } });
        expect(result).toMatchObject({ outcome: 'unchanged', changes: [] });
        expect(puts()).toHaveLength(0);
      });

      it.each(fields.flatMap(([name]) => sampleOf(samples, name).invalid.map((value) => [name, value] as const)))(
        '%s: %j is rejected before any request to the vendor',
        async (name, value) => {
          const result = await pipeline.call(vendor, { user_id: jane, set: { [name]: value } });
          expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
          expect(result.message).toContain(`set.${name}`);
          expect(requests()).toHaveLength(0);
        },
      );

      it('sends every field at once', async () => {
        const together = listed.filter((name) => !sampleOf(samples, name).onlyAlone);
        const set = Object.fromEntries(together.map((name) => [name, sampleOf(samples, name).valid]));
        const expected = together.map((name) => {
          const { valid, changes } = sampleOf(samples, name);
          return changes ?? (() => ({ [name]: valid as JsonValue }));
        });
        const before = held();
        const result = await pipeline.call(vendor, { user_id: jane, set });
        expect(result).toMatchObject({ outcome: 'updated' });
        // Each key of a merged object has a row of its own, and so has the second place of a mirrored field.
        const rows = result.changes.filter(({ field }) => !field.startsWith('urn:'));
        expect([...new Set(rows.map(({ field }) => field.split('.')[0]))].sort()).toEqual(Object.keys(set).sort());
        const after = held();
        for (const change of expected) {
          for (const [key, value] of Object.entries(change(before))) {
            if (typeof value !== 'object') expect(after[key]).toEqual(value);
          }
        }
      });
    });

    describe('clear', () => {
      it('accepts exactly the fields that the vendor lets be emptied', () => {
        const whole = fields.filter(([, field]) => field.clear).map(([name]) => name);
        expect(whole.sort()).toEqual(
          clearable
            .map(([name]) => name)
            .filter((name) => !name.includes('.'))
            .sort(),
        );
      });

      it.each(clearable)('%s is emptied, and nothing else changes', async (name, changes) => {
        await expectToChange(jane, { clear: [name] }, changes);
      });

      it.each(clearable)('%s when already empty is unchanged, and nothing is sent', async (name) => {
        await pipeline.call(vendor, { user_id: jane, clear: [name] });
        const result = await pipeline.call(vendor, { user_id: jane, clear: [name] });
        expect(result).toMatchObject({ outcome: 'unchanged' });
        expect(puts()).toHaveLength(1);
      });

      it.each([
        ...fields.map(([name]) => name).filter((name) => !Object.hasOwn(samples.clearable, name)),
        'id',
        'nothing',
        '__proto__',
      ])('%s is rejected, and nothing is sent', async (name) => {
        const result = await pipeline.call(vendor, { user_id: jane, clear: [name] });
        expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
        expect(result.message).toContain(`clear: ${name}: `);
        expect(requests()).toHaveLength(0);
      });
    });

    it('previews a dry run and writes nothing', async () => {
      const before = held();
      const args = { user_id: jane, set: { [name]: sampleOf(samples, name).valid }, dry_run: true };
      const result = await pipeline.call(vendor, args);
      expect(result).toMatchObject({ outcome: 'preview', changes: [{ field: name }] });
      expect(puts()).toHaveLength(0);
      expect(held()).toEqual(before);
    });

    it('runs the example of its definition', async () => {
      expect(provider.userId.safeParse(provider.example.user_id).success).toBe(true);
      const john = idOf(vendor, 'john');
      const result = await pipeline.call(vendor, { ...provider.example, user_id: john });
      expect(result).toMatchObject({ outcome: 'updated' });
      expect(held(john)).toMatchObject(provider.example.set);
    });

    it.each(['misaki', 'max', 'priya'] as const)('keeps every attribute of %s, to the last digit', async (key) => {
      const { valid } = sampleOf(samples, name);
      await expectToChange(idOf(vendor, key), { set: { [name]: valid } }, () => ({ [name]: valid as JsonValue }));
    });

    it('sends integers beyond 2^53 digit by digit', async () => {
      if (samples.exact === undefined) return;
      const before = held(idOf(vendor, 'priya'));
      await pipeline.call(vendor, { user_id: idOf(vendor, 'priya'), set: samples.exact.set });
      const digits = toJson(before).match(/\d{17,}/g) ?? [];
      const { rawBody = '' } = puts()[0] ?? {};
      for (const exact of samples.exact.digits) expect(rawBody).toMatch(new RegExp(`[:[,]${exact}[,}\\]]`));
      expect(toJson(held(idOf(vendor, 'priya'))).match(/\d{17,}/g)).toEqual(expect.arrayContaining([...digits]));
    });

    it('reports an unknown user', async () => {
      const set = { [name]: sampleOf(samples, name).valid };
      const result = await pipeline.call(vendor, { user_id: samples.unknownId, set });
      expect(result).toMatchObject({ outcome: 'failed', code: 'not_found', changes: [] });
      expect(puts()).toHaveLength(0);
    });

    it.each(['', '.', '..', 'a\nb', 'x'.repeat(300), null, 12, {}])('rejects %j as a user id', async (id) => {
      const result = await pipeline.call(vendor, { user_id: id, set: { [first]: 'x' } });
      expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
      expect(result.message).toContain('user_id');
      expect(requests()).toHaveLength(0);
    });

    it.each(['jane/../john', '%2e%2e', 'jane?x=1', 'jane#x', '*', 'me%00'])(
      'sends the user id %j as one path segment only',
      async (id) => {
        const set = { [first]: sampleOf(samples, first).valid };
        const result = await pipeline.call(vendor, { user_id: id, set });
        expect(result.outcome).toBe('failed');
        expect(puts()).toHaveLength(0);
        for (const { path } of requests().filter((sent) => sent.path.startsWith(samples.userPath))) {
          expect(path.split('?')[0]).toBe(`${samples.userPath}${encodeURIComponent(id)}`);
        }
      },
    );

    it('reports a credential that may not write', async () => {
      pipeline.sandbox.vendors[vendor].options.forbidden = true;
      const before = held();
      const result = await pipeline.call(vendor, { user_id: jane, set: { [name]: sampleOf(samples, name).valid } });
      expect(result).toMatchObject({ outcome: 'failed', code: samples.forbidden });
      expect(result.message).toContain('Nothing was changed');
      expect(held()).toEqual(before);
      expect(puts()).toHaveLength(1);
    });
  });

  describe(`${provider.id}: contract, with the built-in policy or another credential`, () => {
    it('asks, and writes after a yes to that question', async () => {
      pipeline = await createPipeline({ config: { ...config, policy: {} } });
      const args = { user_id: jane, set: { [name]: sampleOf(samples, name).valid } };
      const asked = await pipeline.converse(vendor, args);
      if (asked.kind !== 'ask') throw new Error('no question');
      expect(asked.question.message).toContain(name);
      expect(puts()).toHaveLength(0);
      const written = await pipeline.converse(vendor, args, yesTo(asked));
      expect(written).toMatchObject({ kind: 'result', outcome: 'updated' });
      expect(puts()).toHaveLength(1);
      await pipeline.stop();
    });

    it('reports a wrong credential without showing it', async () => {
      pipeline = await createPipeline({ config, env: { [samples.credential]: 'quite-wrong-4711' } });
      const result = await pipeline.call(vendor, { user_id: jane, set: { [name]: sampleOf(samples, name).valid } });
      expect(result).toMatchObject({ outcome: 'failed', code: 'credentials_rejected' });
      expect(JSON.stringify(result)).not.toContain('4711');
      expect(puts()).toHaveLength(0);
      await pipeline.stop();
    });
  });
}

function sampleOf(samples: VendorSamples, name: string) {
  const sample = samples.fields[name];
  if (!sample) throw new Error(`no sample of ${name}`);
  return sample;
}

/** The stored value as an agent would send it back; undefined if there is nothing to send. */
function asArgument(value: JsonValue | undefined): unknown {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(asArgument);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asArgument(member)]));
}

function expectChanged(before: JsonRecord, after: JsonRecord, changed: JsonRecord, volatile: readonly string[]): void {
  const aside = [...Object.keys(changed), ...volatile];
  expect(without(after, ...aside)).toEqual(without(before, ...aside));
  for (const [name, value] of Object.entries(changed)) {
    if (value === null) expect([undefined, null, ''], name).toContain(after[name]);
    else expect(after[name], name).toEqual(value);
  }
}
