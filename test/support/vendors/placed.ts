import { isObject, type JsonRecord, type JsonValue } from '../../../src/sandbox/json.ts';
import type { VendorSamples } from '../../../src/sandbox/samples.ts';

/**
 * A vendor's record with each field at the top under its name, wherever the vendor keeps it. What is left of an object
 * that held fields stays under its own name.
 */
export function placed({ fields, place }: Pick<VendorSamples, 'fields' | 'place'>, record: JsonRecord): JsonRecord {
  if (!place) return record;
  const deepestFirst = Object.keys(fields)
    .map((name) => [name, place(name)] as const)
    .sort(([, one], [, other]) => other.length - one.length);
  return deepestFirst.reduce((all, [name, path]) => {
    const value = valueAt(all, path);
    return value === undefined ? all : { ...withoutAt(all, path), [name]: value };
  }, record);
}

/** Sets the value at a path of the record itself, and makes the objects that lead there. */
export function putAt(record: JsonRecord, [key = '', ...rest]: readonly string[], value: JsonValue): void {
  if (rest.length === 0) {
    record[key] = value;
    return;
  }
  const held = record[key];
  const inner = isObject(held) ? held : {};
  record[key] = inner;
  putAt(inner, rest, value);
}

export function valueAt(record: JsonRecord, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((held, key) => (isObject(held) ? held[key] : undefined), record);
}

function withoutAt(record: JsonRecord, [key = '', ...rest]: readonly string[]): JsonRecord {
  const { [key]: held, ...others } = record;
  if (rest.length === 0 || !isObject(held)) return others;
  return { ...others, [key]: withoutAt(held, rest) };
}
