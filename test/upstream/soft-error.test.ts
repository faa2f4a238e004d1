import { expect, it } from 'vitest';
import type { Json } from '../../src/lib/json/json-value.ts';
import { softErrorStatus } from '../../src/upstream/refusal.ts';
import { plainProvider } from '../support/vendors/plain-provider.ts';

it.each<[Json | undefined, number | undefined]>([
  [{ success: false, message: 'no', code: 422, data: null }, 422],
  [{ success: false, data: { why: 'no' } }, 400],
  [{ success: false, code: 200 }, 400],
  [{ success: false, code: 'E17' }, 400],
  [{ error: 'no', code: 503 }, 503],
  [{ error: { message: 'no' } }, 400],
  [{ errors: ['no'] }, 400],
  [{ success: true, error: null, data: { id: 'a' } }, undefined],
  [{ error: '', errors: [] }, undefined],
  [{ error: false, message: 'done' }, undefined],
  [{ errors: ['of the tenant’s own'], data: { id: 'a' } }, undefined],
  [{ errors: ['of one of them'], data: [] }, undefined],
  [{ id: 'a', success: false, error: 'an attribute of the record' }, undefined],
  [{}, undefined],
  [[], undefined],
  [null, undefined],
  [undefined, undefined],
])('a 2xx response with %j is an error of status %s', (body, status) => {
  expect(softErrorStatus(plainProvider(), body)).toBe(status);
});

it.each<[string, Json]>([
  ['at its place', { profile: { login: '7' }, errors: ['of the tenant’s own'] }],
  ['inside an envelope', { user: { profile: { login: '7' } }, success: false }],
])('a record whose id is %s is none', (_where, body) => {
  const provider = plainProvider({
    ids: ['login'],
    readOnly: { login: 'public' },
    readOnlyAt: { login: ['profile', 'login'] },
    read: { path: '/', unwrap: ['user'] },
  });
  expect(softErrorStatus(provider, body)).toBeUndefined();
  expect(softErrorStatus(plainProvider(), body)).toBe(400);
});
