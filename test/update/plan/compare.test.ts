import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json/json-value.ts';
import type { Compare } from '../../../src/providers/field.ts';
import { isEmpty, isSame } from '../../../src/update/plan/compare.ts';

const same: readonly [Compare, Json | undefined, Json | undefined][] = [
  ['exact', undefined, null],
  ['exact', '', null],
  ['exact', [], undefined],
  ['exact', {}, ''],
  ['exact', { a: null, b: '' }, {}],
  ['exact', { a: 1, b: null }, { a: 1 }],
  ['exact', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['exact', 'é', 'e\u0301'],
  ['exact', { a: ['é'] }, { a: ['e\u0301'] }],
  ['exact', [{ a: '' }], [null]],
  ['exact', 2n ** 60n, 2n ** 60n],
  ['exact', 1, 1n],
  ['unordered', [1, { a: 1, b: 2 }], [{ b: 2, a: 1 }, 1]],
  ['unordered', { a: [1] }, { a: [1] }],
  ['set', [1, 2], [2, 1]],
  ['set', [{ value: 'a', primary: true }, { value: 'b' }], [{ value: 'b' }, { primary: true, value: 'a' }]],
  ['set', [{ id: 41, name: 'x' }, { id: 42 }], [42, '41']],
  ['set', [], null],
  ['id', 5, '5'],
  ['id', 5, { id: 5, name: 'Core' }],
  ['id', { id: '5' }, { id: 5n }],
  ['id', 9007199254740993n, '9007199254740993'],
  ['instant', '1988-04-19', '1988-04-19T00:00:00Z'],
  ['instant', '1988-04-19T00:00:00', '1988-04-19T00:00:00Z'],
  ['instant', '1988-04-19T02:00:00+02:00', '1988-04-19T00:00:00.000Z'],
  ['instant', 'unknown', 'unknown'],
  ['instant', null, ''],
  ['day', '1991-01-01', '1991-01-01T00:00:00Z'],
  ['day', '1991-01-01', '1991-01-01T00:00:00.000+02:00'],
  ['day', '1991-01-01 00:00:00', '1991-01-01T12:00:00'],
  ['day', 'unknown', 'unknown'],
  ['day', null, ''],
];

const different: readonly [Compare, Json | undefined, Json | undefined][] = [
  ['exact', false, null],
  ['exact', 0, null],
  ['exact', false, undefined],
  ['exact', 0, ''],
  ['exact', 1, '1'],
  ['exact', true, 'true'],
  ['exact', 'a', 'A'],
  ['exact', 'a', 'a '],
  ['exact', [1, 2], [2, 1]],
  ['exact', [null], []],
  ['exact', ['a', ''], ['a']],
  ['exact', 9007199254740993n, 9007199254740992],
  ['exact', 9007199254740993n, 9007199254740992n],
  ['exact', { a: false }, {}],
  ['exact', '1988-04-19', '1988-04-19T00:00:00Z'],
  ['unordered', [1, 1, 2], [1, 2, 2]],
  ['unordered', [{ id: 1, name: 'a' }], [{ id: 1, name: 'b' }]],
  ['unordered', ['1'], [1]],
  ['set', [1, 1], [1]],
  ['set', [1, 2], [1]],
  ['set', [{ value: 'a', primary: true }], [{ value: 'a', primary: false }]],
  ['set', [{ value: 'a' }], ['a']],
  ['id', 9007199254740993n, '9007199254740992'],
  ['id', 5, '05'],
  ['id', 5, { name: 'Core' }],
  ['instant', '1988-04-19', '1988-04-20'],
  ['instant', '1988-04-19T00:00:00+02:00', '1988-04-19T00:00:00Z'],
  ['instant', 'unknown', 'other'],
  ['day', '1991-01-01', '1991-01-02T00:00:00Z'],
  ['day', '1991-01-01', '1991-01-011'],
  ['day', '1991-01-01', 662688000000],
];

describe('isSame', () => {
  it.each(same.map((row) => [...row] as const))('%s: %o and %o are the same', (how, a, b) => {
    expect(isSame(a, b, how)).toBe(true);
    expect(isSame(b, a, how)).toBe(true);
  });

  it.each(different.map((row) => [...row] as const))('%s: %o and %o differ', (how, a, b) => {
    expect(isSame(a, b, how)).toBe(false);
    expect(isSame(b, a, how)).toBe(false);
  });

  it('holds for any value and itself, whatever the order of keys', () => {
    const backwards = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(backwards);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, backwards(member)]),
      );
    };
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom<Compare>('exact', 'unordered', 'set', 'instant', 'day', 'id'),
        (value, how) => {
          const json = value as Json; // fast-check's own name for the same thing
          return isSame(json, structuredClone(json), how) && isSame(json, backwards(json) as Json, how);
        },
      ),
    );
  });
});

it.each([
  [undefined, true],
  [null, true],
  ['', true],
  [[], true],
  [{}, true],
  [{ a: [], b: { c: null } }, true],
  [' ', false],
  [0, false],
  [false, false],
  [[null], false],
  [{ a: false }, false],
] as readonly [Json | undefined, boolean][])('%j is empty: %s', (value, empty) => {
  expect(isEmpty(value)).toBe(empty);
});
