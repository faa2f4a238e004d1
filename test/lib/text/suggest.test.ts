import { expect, it } from 'vitest';
import { suggest } from '../../../src/lib/text/suggest.ts';

const NAMES = ['email', 'company', 'first_name', 'status', 'sso'];

it.each([
  ['emial', 'email'],
  ['sos', 'sso'],
  ['compny', 'company'],
  ['firstName', 'first_name'],
  ['STATUS', 'status'],
])('takes %s for %s', (typed, meant) => {
  expect(suggest(typed, NAMES)).toBe(meant);
});

it.each(['nonsense', 'x', 'salary', '', '💥'.repeat(100)])('suggests nothing for %j', (typed) => {
  expect(suggest(typed, NAMES)).toBeUndefined();
});
