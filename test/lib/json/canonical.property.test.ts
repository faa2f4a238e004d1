import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/lib/json/json.ts';
import { isObject, type Json } from '../../../src/lib/json/json-value.ts';

/** Keys that engines enumerate in an order of their own, and that are more than names, among others. */
const key = fc.oneof(fc.constantFrom('10', '9', '__proto__', 'a', 'B', 'é', '\ud83d\ude00', '\uffff'), fc.string());
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, 0, 1.5, '', 'x', 9007199254740993n),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

/** What the text is by definition: every key in the order of its code units. */
function byDefinition(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(byDefinition).join(',')}]`;
  if (!isObject(json)) return typeof json === 'bigint' ? String(json) : JSON.stringify(json);
  const members = Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${byDefinition(member)}`).join(',')}}`;
}

function reversed(json: Json): Json {
  if (Array.isArray(json)) return json.map(reversed);
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

describe('the canonical text', () => {
  it('is that of the definition, in whatever order the keys come', () => {
    fc.assert(
      fc.property(value, (json) => {
        expect(canonicalJson(json)).toBe(byDefinition(json));
        expect(canonicalJson(reversed(json))).toBe(byDefinition(json));
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves out what JSON cannot express, and asks a date for its text', () => {
    const at = new Date(0);
    expect(canonicalJson({ a: undefined, b: () => 1, c: [undefined], d: at })).toBe(
      `{"c":[null],"d":${JSON.stringify(at)}}`,
    );
    expect(canonicalJson(undefined)).toBe('null');
  });
});
