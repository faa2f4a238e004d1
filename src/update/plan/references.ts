import { isObject, type Json } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';

/**
 * A vendor may return a reference as `{ id: 5, name: … }` or `"5"` and accept `5`. The rest of such an object describes
 * another person or thing: it is not sent back, and shown only to audiences that see personal data.
 */
export function bareReferences(value: Json | undefined, field: Field | undefined): Json | undefined {
  if (field?.compare === 'set' && Array.isArray(value)) return value.map(bare);
  return field?.compare === 'id' && value !== undefined ? bare(value) : value;
}

/** A value that was read, in the form the vendor accepts: references as bare ids, days without a time. */
export function toWritten(value: Json, field: Field): Json {
  if (field.compare === 'day') return typeof value === 'string' ? toDay(value) : value;
  if (field.compare !== 'id' && field.compare !== 'set') return value;
  const plain = bareReferences(value, field) ?? null;
  const parsed = field.schema.safeParse(plain);
  // The schema is for callers' input and rejects an exact integer beyond 2^53, which needs no conversion.
  return parsed.success ? (parsed.data as Json) : plain;
}

/** The details that references carry besides their ids. */
export function referenceDetails(value: Json | undefined, field: Field | undefined): Json[] {
  if (field?.compare !== 'id' && field?.compare !== 'set') return [];
  return [value].flat().flatMap((one) => {
    if (!isObject(one) || bare(one) === one) return [];
    const { id: _, ...details } = one;
    return [details];
  });
}

/** An entry of a multi-valued attribute (RFC 7643 section 2.4) has a `value` and is not a reference. */
function bare(value: Json): Json {
  return isObject(value) && Object.hasOwn(value, 'id') && !Object.hasOwn(value, 'value')
    ? (value['id'] ?? null)
    : value;
}

/** The calendar day of a date or date-time (RFC 3339); any other text unchanged. */
export function toDay(text: string): string {
  return /^\d{4}-\d{2}-\d{2}(?=[Tt ]|$)/.exec(text)?.[0] ?? text;
}
