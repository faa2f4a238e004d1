import { expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../src/errors.ts';
import { NEXT, nextAfter } from '../../../src/update/results/next-steps.ts';

it.each(Object.keys(NEXT) as ErrorCode[])('says what to do after %s', (code) => {
  expect(nextAfter(new AppError(code, 'x'))).toMatch(/^[A-Z].*\.$/);
});

it.each([
  [new AppError('rate_limited', 'x', { facts: { retryAfterSeconds: 7 } }), 'Wait 7 seconds, then call again.'],
  [new AppError('internal', 'x', { facts: { next: 'List the earlier key.' } }), 'List the earlier key.'],
])('says what is known better: %s', (error, next) => {
  expect(nextAfter(error)).toBe(next);
});
