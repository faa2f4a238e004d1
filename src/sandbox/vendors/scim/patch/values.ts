import { isObject, type JsonRecord, type JsonValue } from '../../../json.ts';
import { isSameName } from '../schemas.ts';

/** The key under which an object holds a name, compared without case; the name itself where it does not. */
export function keyIn(object: JsonRecord, name: string): string {
  return Object.keys(object).find((key) => isSameName(key, name)) ?? name;
}

/** Sets a complex value or a list; an empty one is no value (RFC 7643 section 2.5). */
export function setIn(holder: JsonRecord, key: string, value: JsonRecord | JsonValue[]): void {
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  if (size === 0) Reflect.deleteProperty(holder, key);
  else holder[key] = value;
}

/** RFC 7644 section 3.5.2: one entry becomes primary, so that the others no longer are. */
export function demoteOthers(entries: readonly JsonRecord[], chosen: JsonRecord): void {
  if (chosen['primary'] !== true) return;
  for (const entry of entries) if (entry !== chosen && entry['primary'] === true) entry['primary'] = false;
}

/** RFC 7644 section 3.5.2.1: a value that is there already is not added again. */
export function isSameEntry(a: JsonValue, b: JsonValue): boolean {
  if (!isObject(a) || !isObject(b)) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}
