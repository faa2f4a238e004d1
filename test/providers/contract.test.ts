import { expect, expectTypeOf, it } from 'vitest';
import type { Field } from '../../src/providers/field.ts';
import { providers } from '../../src/providers/index.ts';
import type { VendorId } from '../../src/sandbox/index.ts';
import { samples } from '../support/vendors/samples.ts';
import { testProvider } from './contract.ts';

it('has samples for every registered provider', () => {
  expect(providers.map(({ id }) => id).filter((id) => !Object.hasOwn(samples, id))).toEqual([]);
});

it('requires schema, sensitivity and effect of every field', () => {
  type RequiredKey = { [Key in keyof Field]-?: object extends Pick<Field, Key> ? never : Key }[keyof Field];
  expectTypeOf<RequiredKey>().toEqualTypeOf<'schema' | 'sensitivity' | 'effect'>();
});

for (const provider of providers) testProvider(provider, samples[provider.id as VendorId]);
