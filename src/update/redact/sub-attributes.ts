import { isObject, type Json } from '../../lib/json/json-value.ts';
import { type Field, type Sensitivity } from '../../providers/provider.ts';

/** The keys a composite value is known to have, and how sensitive each is; never more than the whole. */
export type KnownParts = ReadonlyMap<string, Sensitivity>;

/** What is known of a part that is no composite value itself. */
export const NO_PARTS: KnownParts = new Map();

/**
 * The known parts of a field's value. Undefined where any key may stand: of a free-form object the keys are the
 * tenant's own, of a reference the vendor shows what it likes, and what can only be read is declared as a whole.
 */
export function knownParts(field: Field | undefined): KnownParts | undefined {
  if (!field || (field.merge && !field.merge.keys)) return undefined;
  if (field.compare === 'id' || (field.compare === 'set' && !field.parts)) return undefined;
  const keys = (field.merge?.keys ?? []).map((key) => [key, field.sensitivity] as const);
  return new Map([...keys, ...Object.entries(field.parts ?? {})]);
}

/** What stands in a value under keys that nobody declared. */
export function unknownParts(value: Json | undefined, known: KnownParts | undefined): Json[] {
  if (!known) return [];
  if (Array.isArray(value)) return value.flatMap((entry) => unknownParts(entry, known));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => (known.has(key) ? unknownParts(member, NO_PARTS) : [member]));
}
