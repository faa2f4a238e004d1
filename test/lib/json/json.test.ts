import { describe, expect, it } from 'vitest';
import { canonicalJson, parseJson, stringifyJson } from '../../../src/lib/json/json.ts';
import { ExactNumber, isObject, type Json } from '../../../src/lib/json/json-value.ts';
import { quote } from '../../../src/lib/text/quote.ts';
import { toPlain } from '../../../src/server/mcp/results.ts';
import { isEmpty, isSame } from '../../../src/update/plan/compare.ts';
import { mask } from '../../../src/update/redact/mask.ts';
import { sensitiveTexts } from '../../../src/update/redact/sensitive.ts';
import { planFor } from '../../support/pipeline/requests.ts';

/** Numbers that a double would change. */
const EXACT = [
  '12345678901234567890.123',
  '1E400',
  '-1e-400',
  '-0',
  '-0.0',
  '0.1000000000000000055',
  '9007199254740993.0',
];

describe('a number', () => {
  it('with more digits than any id is not a bigint, whose creation takes quadratic time', () => {
    const digits = '9'.repeat(100_000);
    for (const text of [digits, `-${digits}`]) {
      expect(parseJson(text)).toBeInstanceOf(ExactNumber);
      expect(stringifyJson(parseJson(text))).toBe(text);
    }
  });

  it.each(EXACT)('%s keeps its digits', (digits) => {
    for (const text of [digits, `[1,${digits}]`, `{"a":{"b": ${digits},"c":0.5}}`, `{"a":\n[\t${digits} ]}`]) {
      expect(stringifyJson(parseJson(text))).toBe(text.replace(/\s/g, ''));
      expect(canonicalJson(parseJson(text))).toBe(text.replace(/\s/g, ''));
    }
  });

  it.each([
    ['2.50', 2.5],
    ['1e2', 100],
    ['1e21', 1e21],
    ['1.5E-107', 1.5e-107],
    ['0.30000000000000004', 0.30000000000000004],
    ['0e0', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-12345678901234567890', -12345678901234567890n],
  ] as readonly [string, number | bigint][])('%s is %s, with or without an exact number beside it', (digits, value) => {
    expect(parseJson(`[${digits}]`)).toEqual([value]);
    expect(parseJson(`[${digits},1e400]`)).toEqual([value, new ExactNumber('1e400')]);
  });

  it('in a string is not a number', () => {
    const record = { phone: '555-0100', iban: 'DE89370400440532013000', list: ['a,-0', '[1e400'] };
    expect(parseJson(JSON.stringify(record))).toEqual(record);
  });
});

describe('an exact number', () => {
  const value = new ExactNumber('12345678901234567890.123');

  it('is a value like a number to all code that reads a user record', () => {
    expect(isObject(value)).toBe(false);
    expect(isEmpty(value)).toBe(false);
    expect(isSame({ a: [value] }, { a: [new ExactNumber(value.digits)] })).toBe(true);
    expect(isSame(value, new ExactNumber('12345678901234567890.124'))).toBe(false);
    expect(isSame(value, 12345678901234567000)).toBe(false);
    expect(mask({ a: value })).toEqual({ a: '1•••' });
    expect(sensitiveTexts([value])).toEqual([value.digits]);
    expect(quote({ a: value })).toBe(`{"a":${value.digits}}`);
    expect(toPlain({ a: [value] })).toEqual({ a: [value.digits] });
  });

  it('cannot be written as something else by code that does not know it', () => {
    expect(() => JSON.stringify({ a: value })).toThrow(TypeError);
  });
});

it('keeps every number of an unknown attribute unchanged through a replace', () => {
  const custom = `{"c":-0,"d":2.5,"e":12345678901234567890.123,"f":1E400,"g":[9007199254740993,{"h":-1e-400}]}`;
  const record = parseJson(
    `{"userName":"jane","active":true,"emails":[{"value":"j@a.example","primary":true}],"urn:x:custom":${custom}}`,
  ) as { [key: string]: Json }; // an object, as written above
  expect(stringifyJson(planFor('atlassian', record, { set: { title: 'T' } }).body)).toContain(
    `"urn:x:custom":${custom}`,
  );
});
