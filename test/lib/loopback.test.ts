import { expect, it } from 'vitest';
import { isLoopback } from '../../src/lib/loopback.ts';

it.each([
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['localhost', true],
  ['[::1]', true],
  ['::1', true],
  ['[::ffff:127.0.0.2]', true],
  ['[::2]', false],
  ['127.1', false],
  ['127.0.0.1.evil.example', false],
  ['127.evil.example', false],
  ['localhost.evil.example', false],
  ['10.0.0.1', false],
  ['0.0.0.0', false],
])('%s is loopback: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});
