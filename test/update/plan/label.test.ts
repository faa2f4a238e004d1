import { expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { labelOf } from '../../../src/update/plan/label.ts';
import { providerOf } from '../../support/pipeline/requests.ts';

/** Any part of a name will do, so that a person need not type an id to confirm. */

it.each<[string, JsonObject, string | undefined]>([
  ['atomicwork', { first_name: '', last_name: 'Tanaka' }, 'Tanaka'],
  ['atomicwork', { first_name: 'Misaki', last_name: null }, 'Misaki'],
  ['atomicwork', { display_name: 'Mi', first_name: 'Misaki', last_name: 'Tanaka' }, 'Mi'],
  ['dayzero', { first_name: null, last_name: 'Tanaka' }, 'Tanaka'],
  ['dayzero', { first_name: 'Misaki', last_name: '' }, 'Misaki'],
  ['dayzero', { first_name: 'Misaki', last_name: 'Tanaka' }, 'Misaki Tanaka'],
  ['awork', { firstName: '', lastName: 'Tanaka' }, 'Tanaka'],
  ['mediasilo', { firstName: 'Misaki', lastName: '' }, 'Misaki'],
  ['atlassian', { name: { familyName: 'Tanaka' } }, 'Tanaka'],
  ['atlassian', { displayName: '', name: { givenName: 'Misaki' } }, 'Misaki'],
  ['dayzero', { first_name: ' ', last_name: null }, undefined],
])('%s: the label of %j is %s', (id, record, label) => {
  expect(labelOf(providerOf(id), record)).toBe(label);
});
