import { expect, it } from 'vitest';
import { isLike } from '../../../src/update/policy/text-pattern.ts';

it.each([
  ['', '', true],
  ['*', '', true],
  ['**', 'x', true],
  ['', 'x', false],
  ['a*b*c', 'a--b--b--c', true],
  ['a*b*c', 'a--c--b', false],
  ['*a', 'ba', true],
  ['a.c', 'abc', false],
  ['a?c', 'abc', false],
  ['[a]', 'a', false],
  ['a\n*', 'a\nb\nc', true],
])('%j is like %j: %s', (pattern, value, fits) => {
  expect(isLike(pattern, value)).toBe(fits);
});

it('is linear: many stars and a long text take no time', () => {
  expect(isLike('*a*a*a*a*a*a*a*a*b', 'a'.repeat(100_000))).toBe(false);
});
