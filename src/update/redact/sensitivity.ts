import { isObject, type Json } from '../../lib/json/json-value.ts';
import { perObject } from '../../lib/per-object.ts';
import type { Field, Sensitivity } from '../../providers/field.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';

/** How sensitive an attribute is. One that is neither a field nor declared as read-only is secret. */
export function sensitivityOf(provider: Provider, name: string): Sensitivity {
  const readOnly = Object.hasOwn(provider.readOnly, name) ? provider.readOnly[name] : undefined;
  return fieldOf(provider, name)?.sensitivity ?? readOnly ?? 'secret';
}

/** The fields that a vendor keeps a second time in a container, by their key there. Its other keys are undeclared. */
export function mirroredIn(provider: Provider, container: string): ReadonlyMap<string, Field> {
  const fields = Object.values(provider.fields).filter((field) => field.mirror?.[0] === container);
  return new Map(fields.map((field) => [field.mirror?.[1] ?? '', field]));
}

/** The declared keys of a composite value, and how sensitive each is; never more than the whole. */
export type KnownParts = ReadonlyMap<string, Sensitivity>;

/** For a part that is not a composite value itself. */
export const NO_PARTS: KnownParts = new Map();

/**
 * The declared parts of a field's value. Undefined if any key may occur: the keys of a free-form object are the
 * tenant's, a reference has whatever the vendor shows, and a read-only attribute is declared as a whole.
 */
export function knownParts(field: Field | undefined): KnownParts | undefined {
  if (!field || (field.merge && !field.merge.keys)) return undefined;
  if (field.compare === 'id' || (field.compare === 'set' && !field.parts)) return undefined;
  return declaredParts(field);
}

const declaredParts = perObject((field: Field): KnownParts => {
  const keys = (field.merge?.keys ?? []).map((key) => [key, field.sensitivity] as const);
  return new Map([...keys, ...Object.entries(field.parts ?? {})]);
});

/** The values in a composite value under undeclared keys. */
export function unknownParts(value: Json | undefined, known: KnownParts | undefined): Json[] {
  if (!known) return [];
  if (Array.isArray(value)) return value.flatMap((entry) => unknownParts(entry, known));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => (known.has(key) ? unknownParts(member, NO_PARTS) : [member]));
}
