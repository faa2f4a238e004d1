import { isObject, type Json } from '../../lib/json/json-value.ts';
import { type Field } from '../../providers/provider.ts';
import { toDay } from './compare.ts';

/**
 * Vendors may show a reference as `{ id: 5, name: … }` or `"5"` where they take `5`. What else such an object holds is
 * about somebody, or something, else: it is neither sent back nor shown to whoever need not know it.
 */
export function bareReferences(value: Json | undefined, field: Field | undefined): Json | undefined {
  if (field?.compare === 'set' && Array.isArray(value)) return value.map(bare);
  return field?.compare === 'id' && value !== undefined ? bare(value) : value;
}

/** A value that was read, as the vendor takes it: references bare, days without a time. */
export function toWritten(value: Json, field: Field): Json {
  if (field.compare === 'day') return typeof value === 'string' ? toDay(value) : value;
  if (field.compare !== 'id' && field.compare !== 'set') return value;
  const plain = bareReferences(value, field) ?? null;
  const parsed = field.schema.safeParse(plain);
  // A schema parses what callers send; it does not know an exact integer beyond 2^53, which is as it should be already.
  return parsed.success ? (parsed.data as Json) : plain;
}

/** What references carry besides their ids. */
export function referenceDetails(value: Json | undefined, field: Field | undefined): Json[] {
  if (field?.compare !== 'id' && field?.compare !== 'set') return [];
  return [value].flat().flatMap((one) => {
    if (!isObject(one) || bare(one) === one) return [];
    const { id: _, ...details } = one;
    return [details];
  });
}

/** An entry of a multi-valued attribute (RFC 7643 section 2.4) has its `value`, and is no reference. */
function bare(value: Json): Json {
  return isObject(value) && Object.hasOwn(value, 'id') && !Object.hasOwn(value, 'value')
    ? (value['id'] ?? null)
    : value;
}
