import { expect, it } from 'vitest';
import { bounds } from '../../../src/bounds.ts';
import { nextEntry } from '../../../src/store/log/append.ts';
import { isUnreadable, toEntry } from '../../../src/store/log/codec.ts';
import type { EntryBody } from '../../../src/store/log/entry.ts';
import { emptyHead } from '../../../src/store/log/hash-chain.ts';
import { unkeyedMac } from '../../../src/store/mac.ts';
import { recordedField } from '../../support/pipeline/redacted.ts';
import { body, entry } from '../../support/store/samples.ts';

const names = Array.from({ length: 40 }, (_, i) => `field number ${i}`);
const counts = Object.fromEntries(names.map((name, i) => [name, i]));

function stored(more: Partial<EntryBody>) {
  const context = { processId: 'host:1:1:00000000', now: 0, mac: unkeyedMac };
  const { bodyText, ...columns } = nextEntry(
    emptyHead,
    'closed',
    entry('c1', { body: { ...body(), ...more } }),
    context,
  );
  expect(Buffer.byteLength(bodyText)).toBeLessThanOrEqual(bounds.auditEntryBytes);
  return toEntry({ ...columns, bodyText });
}

it.each([
  ['a text', { message: 'x'.repeat(40_000) }],
  ['many fields', { fields: Array.from({ length: 900 }, (_, i) => recordedField(`f${i}`, 'old'.repeat(20), 'new')) }],
])('stays readable when %s makes an entry too long', (_, long) => {
  const found = stored({ ...long, sideEffects: names, counts, people: 40, emailKeys: ['a', 'b'], stripped: names });
  expect(isUnreadable(found)).toBe(false);
  expect(found.body).toMatchObject({ counts, sideEffects: names, people: 40, emailKeys: ['a', 'b'] });
});

it('leaves out fields the vendor could change as well where only some of them would fit', () => {
  const found = stored({
    sideEffects: Array.from({ length: 900 }, (_, i) => `field number ${i} of a long list of names`),
  });
  expect(isUnreadable(found)).toBe(false);
  expect(found.body.sideEffects).toBeUndefined();
});
