import { expect, expectTypeOf, it } from 'vitest';
import type { Field } from '../../src/providers/field.ts';
import { testedProviders } from '../support/vendors/registry.ts';
import { samples } from '../support/vendors/samples.ts';
import { testProvider } from './contract.ts';

it('has samples for every provider that ships', () => {
  expect(testedProviders.map(({ id }) => id).filter((id) => !Object.hasOwn(samples, id))).toEqual([]);
});

it('requires schema, sensitivity and effect of every field', () => {
  type RequiredKey = { [Key in keyof Field]-?: object extends Pick<Field, Key> ? never : Key }[keyof Field];
  expectTypeOf<RequiredKey>().toEqualTypeOf<'schema' | 'sensitivity' | 'effect'>();
});

for (const tested of testedProviders) testProvider(tested, samples[tested.id]);
