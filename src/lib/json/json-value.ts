/** A JSON value as we carry it: integers beyond 2^53 are bigint, so that no digit of an id is lost. */
export type Json = null | boolean | number | bigint | ExactNumber | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Any other number that a double cannot hold, by its digits as they were read. A value like a bigint, not an object. */
export class ExactNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  toString(): string {
    return this.digits;
  }

  /** As of a bigint: what would write it as something else than its digits fails instead. */
  toJSON(): never {
    throw new TypeError('an exact number is written by stringifyJson');
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** A number that is no double: its text is its digits. */
export function isExact(value: unknown): value is bigint | ExactNumber {
  return typeof value === 'bigint' || value instanceof ExactNumber;
}

/** Follows a path of keys; `undefined` where it breaks off. Own properties only. */
export function valueAt(record: Json | undefined, path: readonly string[]): Json | undefined {
  let value: Json | undefined = record;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
