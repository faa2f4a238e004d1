import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bounds } from '../../../src/bounds.ts';
import { stringifyJson } from '../../../src/lib/json/json.ts';
import type { Entry, EntryBody } from '../../../src/store/log/entry.ts';
import { verifyChain } from '../../../src/store/log/hash-chain.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import type { Place } from '../../support/store/place.ts';
import { body, entry, intent, person } from '../../support/store/samples.ts';

const field = (name: string, after: unknown, before: unknown = null) => recordedField(name, before, after);
const emails = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ value: `user${i}@acme.example`, type: 'work', primary: i === 0 }));
const leaves = (count: number) => Array.from({ length: count }, (_, i) => field(`props.key${i}`, `value ${i}`, i));

const bodies: Record<string, Partial<EntryBody>> = {
  'a list of 17,000 e-mails': { fields: [field('emails', emails(17_000))] },
  'a text of a million characters': { fields: [field('title', 'é'.repeat(1_000_000), 'x'.repeat(1_000_000))] },
  'characters that JSON spells out': { fields: [field('title', '\u0001\ud83d\ude00'.repeat(20_000))] },
  'ten thousand leaves': { fields: leaves(10_000), collateral: leaves(10_000) },
  'long names of fields': { fields: [field('a.'.repeat(30_000), 1), field('b'.repeat(30_000), 2)] },
  'a long reason': { reason: 'because '.repeat(10_000) },
  'long texts everywhere': Object.fromEntries(
    ['caller', 'client', 'tool', 'reason', 'message', 'detail', 'rule', 'ruleName', 'approvedBy', 'declinedBy'].map(
      (key) => [key, '\n'.repeat(100_000)],
    ),
  ),
  'long lists of what was left out': { stripped: Array.from({ length: 50_000 }, (_, i) => `field ${i}`) },
};

/** What every store has to do with more than an entry may hold. */
export function testLong(name: string, makePlace: () => Promise<Place>): void {
  describe(`${name}: long values`, () => {
    let place: Place;
    let store: Store;
    beforeEach(async () => {
      place = await makePlace();
      store = await place.open(createProcessId());
    });
    afterEach(() => place.remove());

    it.each(Object.entries(bodies))('keeps an entry of %s within its bound, of every kind', async (_what, more) => {
      const long = { ...body(), ...more };
      await store.attempt(entry('a1', { body: long }));
      await store.open(intent('c1', { body: long }));
      await store.close('c1', 'updated', long);
      const rows: Entry[] = [];
      for await (const row of store.entries()) rows.push(row);
      expect(rows).toHaveLength(3);
      for (const row of rows) {
        expect(Buffer.byteLength(stringifyJson(row))).toBeLessThanOrEqual(bounds.auditEntryBytes);
      }
      expect(await verifyChain(store.entries(), await store.head())).toEqual({ ok: true, rows: 3 });
    });

    it('keeps the length and a keyed hash of what it cuts, and everything else', async () => {
      const long = 'x'.repeat(40_000);
      const fields = [field('title', long, 'Engineer'), field('name', 'Jane', 'Joan')];
      for (const id of ['a1', 'a2']) await store.attempt(entry(id, { body: { ...body(), fields, reason: long } }));
      const [last, first] = await store.list({ limit: 2 });
      const cut = { cut: `"${'x'.repeat(1999)}`, characters: 40_002, hash: expect.stringMatching(/^[0-9a-f]{8}:/) };
      expect(last?.body.fields).toEqual([{ ...fields[0], after: cut }, fields[1]]);
      expect(last?.body.fields).toEqual(first?.body.fields);
      expect(last?.body.reason).toMatch(/^x{2000}… \[cut; 40000 characters, [0-9a-f]{8}:[0-9a-f]{64}\]$/);
    });

    it('counts the leaves that do not fit', async () => {
      await store.attempt(entry('a1', { body: { ...body(), fields: leaves(1000) } }));
      const [listed] = await store.list({ limit: 1 });
      const fields = listed?.body.fields ?? [];
      expect(fields.length).toBeGreaterThan(50);
      expect(fields.slice(0, -1)).toEqual(leaves(1000).slice(0, fields.length - 1));
      expect(fields.at(-1)).toMatchObject({
        field: `(${1001 - fields.length} more)`,
        after: { hash: expect.anything() },
      });
    });

    it('leaves a body that fits as it is', async () => {
      const fields = [field('emails', emails(300))];
      await store.attempt(entry('a1', { body: { ...body(), fields } }));
      expect((await store.list({ limit: 1 }))[0]?.body.fields).toEqual(fields);
    });

    it('accepts an id of any length', async () => {
      const [one, another] = [person(`${'i'.repeat(20_000)}1`), person(`${'i'.repeat(20_000)}2`)];
      expect(await store.open(intent('c1', one))).toMatchObject({ kind: 'opened' });
      expect(await store.open(intent('c2', one))).toEqual({ kind: 'busy' });
      expect(await store.open(intent('c3', another))).toMatchObject({ kind: 'opened' });
      expect(await store.lastSeq(one)).toBe(1);
      expect(await store.list({ userId: one.userId, limit: 9 })).toHaveLength(1);
    });
  });
}
