import { expect, it } from 'vitest';
import { joinNames, splitNames } from '../../../src/lib/text/name-list.ts';

it.each([
  [['ann'], 'ann'],
  [['ann', 'Ben Lee'], 'ann, Ben Lee'],
  [['Lee, Ann', 'ben'], '"Lee, Ann", ben'],
  [['"ann", "ben"'], '"\\"ann\\", \\"ben\\""'],
  [['a\\', 'b"'], 'a\\, "b\\""'],
  [[], ''],
])('%j is one text, and the same names again', (names, text) => {
  expect(joinNames(names)).toBe(text);
  expect(splitNames(text)).toEqual(names);
});

it.each([
  ['Doe, Jane', ['Doe', 'Jane']],
  ['"open, ann', ['"open', 'ann']],
  ['"\\x", ann', ['"\\x"', 'ann']],
  ['a"b, ann', ['a"b', 'ann']],
])('%j, which is no such text, is split at its commas', (text, names) => {
  expect(splitNames(text)).toEqual(names);
});
