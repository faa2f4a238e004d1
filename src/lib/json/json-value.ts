/** A JSON value without loss: integers beyond 2^53 are bigint, so that no digit of an id is lost. */
export type Json = null | boolean | number | bigint | ExactNumber | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/** Any other number that a double cannot hold, by its digits as read. A scalar like a bigint, not a JSON object. */
export class ExactNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  toString(): string {
    return this.digits;
  }

  /** As for a bigint, `JSON.stringify` fails instead of writing anything but the digits. */
  toJSON(): never {
    throw new TypeError('an exact number is written by stringifyJson');
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Whether a double cannot hold the number. Its text is its digits. */
export function isExact(value: unknown): value is bigint | ExactNumber {
  return typeof value === 'bigint' || value instanceof ExactNumber;
}

/** Follows a path of keys, through own properties only. Undefined if the path does not exist. */
export function valueAt(record: Json | undefined, path: readonly string[]): Json | undefined {
  let value: Json | undefined = record;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
