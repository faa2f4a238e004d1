import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonFault, parseJsonText } from '../../../src/config/json/parse.ts';

/** The parser accepts what `JSON.parse` accepts, and nothing else. */

function ours(text: string): { value: unknown } | { fault: JsonFault } {
  try {
    return { value: parseJsonText(text).value };
  } catch (error) {
    if (error instanceof JsonFault) return { fault: error };
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it('parses every JSON value as JSON.parse does, with the position of each member', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 2, '\t'), (json, space) => {
      const text = JSON.stringify(JSON.parse(json), null, space);
      if (text.includes('"__proto__"')) return;
      expect(ours(text)).toEqual({ value: JSON.parse(text) });
      const { value, nodes } = parseJsonText(text);
      for (const [key, member] of Object.entries(typeof value === 'object' && value !== null ? value : {})) {
        const node = nodes.get(Array.isArray(value) ? `[${key}]` : key);
        // A key that is empty or contains dots or brackets may share its path with another value.
        if (node === undefined || /[.[]|"":/.test(text.replace(/\s/g, ''))) continue;
        expect(text.slice(node.value).startsWith(JSON.stringify(member, null, space)[0] ?? '')).toBe(true);
        if (!Array.isArray(value)) expect(text.slice(node.key).startsWith(JSON.stringify(key))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

it('refuses what JSON.parse refuses, with an offset within the text, however the text is damaged', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u00',
    "'",
    '#',
    '/',
    '-',
    '+',
    '0',
    '1e',
    '.',
    'null',
    'None',
    '\n',
    '\u00a0',
    'é',
    '😀',
  ];
  const damage = fc.record({ at: fc.nat(), drop: fc.nat(3), piece: fc.constantFrom('', ...pieces) });
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.array(damage, { minLength: 1, maxLength: 4 }), (json, damages) => {
      let text = json;
      for (const { at, drop, piece } of damages) {
        const position = at % (text.length + 1);
        text = text.slice(0, position) + piece + text.slice(position + drop);
      }
      const found = ours(text);
      if (!('fault' in found)) {
        expect(found.value).toEqual(JSON.parse(text));
        return;
      }
      const { fault } = found;
      expect(fault.offset).toBeGreaterThanOrEqual(0);
      expect(fault.offset).toBeLessThanOrEqual(text.length);
      expect(fault.message).not.toBe('');
      if (fault.isSyntax) expect(isJson(text), text).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
