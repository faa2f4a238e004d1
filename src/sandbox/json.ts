import { isInteger, parse, stringify } from 'lossless-json';

/** JSON as the vendors store it: an integer beyond 2^53 is a bigint, every other number a number. */
export type JsonValue = string | number | bigint | boolean | null | JsonValue[] | JsonRecord;
/** A JSON object; see {@link JsonValue} for its integers. */
export type JsonRecord = { [key: string]: JsonValue };

/** Reads JSON without losing a digit of an int64 (a double holds integers only up to 2^53). Throws a SyntaxError. */
export function parseJson(text: string): JsonValue {
  // The number parser below yields only numbers and bigints, so the result is a JsonValue.
  return parse(text, null, toNumber) as JsonValue;
}

/** Writes JSON with bigints as plain digits. */
export function toJson(value: JsonValue, indent?: number): string {
  return stringify(value, null, indent) ?? 'null';
}

/** Whether the value is a JSON object, not an array and not null. */
export function isObject(value: JsonValue | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy. */
export function clone<T extends JsonValue>(value: T): T {
  return structuredClone(value);
}

/** The object without the named keys. */
export function omit(object: JsonRecord, keys: readonly string[]): JsonRecord {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** RFC 7396 merge patch: objects are merged, null removes, everything else replaces. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const merged: JsonRecord = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function toNumber(text: string): number | bigint {
  const number = Number(text);
  return isInteger(text) && !Number.isSafeInteger(number) ? BigInt(text) : number;
}
