import { describe, expect, it } from 'vitest';
import { moveText, quote, quoteExactly, quotePieces, quoteStart } from '../../../src/lib/text/quote.ts';

describe('a quoted value', () => {
  it.each<[unknown, string]>([
    [undefined, '(empty)'],
    [null, '(empty)'],
    ['', '(empty)'],
    ['(empty)', '"(empty)"'],
    [' ', '" "'],
    [true, 'true'],
    ['true', '"true"'],
    [0, '0'],
    [[], '[]'],
    [{}, '{}'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['a\nb', '"a\\nb"'],
    ['a\u202eb', '"a\\u{202e}b"'],
    ['a\\u{202e}b', '"a\\\\u{202e}b"'],
    ['Zoë 美咲 👩', '"Zoë 美咲 👩"'],
    ['\u1ebf', '"\u1ebf"'],
    ['e\u0302\u0301', '"e\u0302\u0301"'],
    ['\u0301e', '"\\u{301}e"'],
  ])('%j is shown as %s', (value, shown) => {
    expect(quote(value)).toBe(shown);
  });

  it('is never cut', () => {
    expect(quote('x'.repeat(5000))).toBe(`"${'x'.repeat(5000)}"`);
  });
});

it('says outside the quotes how much of a long value is missing', () => {
  expect(quoteStart('x'.repeat(120))).toBe(`"${'x'.repeat(120)}"`);
  expect(quoteStart('x'.repeat(3120))).toBe(`"${'x'.repeat(120)}" and 3,000 more characters`);
  expect(quoteStart('💣'.repeat(121), 60)).toBe(`"${'💣'.repeat(60)}" and 61 more characters`);
  // A value that says so itself says it inside.
  expect(quoteStart('x" and 3,000 more characters')).toBe('"x\\" and 3,000 more characters"');
});

it('is split into pieces only if it is long', () => {
  expect(quotePieces('x'.repeat(120))).toBeUndefined();
  expect(quotePieces('x'.repeat(121))).toEqual([`"${'x'.repeat(120)}"`, '"x"']);
  expect(quotePieces({ a: 'x'.repeat(200) })).toHaveLength(2);
});

it('uses words between two values where an arrow could point either way', () => {
  expect(moveText('"a"', '"b"')).toBe('"a" → "b"');
  expect(moveText('"מנהל"', '"b"')).toBe('from "מנהל" to "b"');
});

it.each([
  ['J\u00f6rg', '"J\u00f6rg"'],
  ['Jo\u0308rg', '"Jo\\u{308}rg"'],
  ['\u212b', '"\\u{212b}"'],
  ['\u1112\u1161', '"\\u{1112}\\u{1161}"'],
])('tells two Unicode forms of one text apart where that counts: %j', (text, shown) => {
  expect(quoteExactly(text)).toBe(shown);
  expect(quote(text)).toBe(JSON.stringify(text));
});
