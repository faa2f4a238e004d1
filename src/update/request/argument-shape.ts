import { bounds } from '../../bounds.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import { type Echo, echo } from '../../lib/text/printable.ts';

/** One value of the arguments, and where it is. */
interface Place {
  value: unknown;
  key: string;
  parent?: Place;
  depth: number;
}

/**
 * What is wrong with arguments whatever tool they are for: the bounds of the contract, and what no record needs and some
 * code downstream could trip over. Runs before anything else looks at them, in one pass that ends with the first bound
 * that is broken in size, so that no input costs more than its length.
 */
export function shapeFaults(raw: unknown, name: Echo = echo): string[] {
  if (!isObject(raw)) return raw === undefined ? [] : [`arguments: expected an object, ${NOT_AN_OBJECT[kindOf(raw)]}`];
  const faults: string[] = [];
  const places: Place[] = [{ value: raw, key: '', depth: 0 }];
  let bytes = 0;
  // Grows while it is read: no recursion, so that depth cannot harm it.
  for (const place of places) {
    const { value } = place;
    const found = faultOf(place);
    if (found !== undefined) faults.push(`${pathOf(place, name)}: ${found}`);
    if (faults.length >= bounds.listedFaults) break;
    bytes += sizeOf(value);
    if (bytes > bounds.argumentBytes)
      return [`arguments: larger than ${bounds.argumentBytes / 1024 ** 2} MiB; send less`];
    if (typeof value !== 'object' || value === null || isTooMuch(place)) continue;
    for (const [key, member] of Object.entries(value)) {
      places.push({ value: member, key, parent: place, depth: place.depth + 1 });
    }
  }
  return faults;
}

/** `null` for an argument means that it is not given (so says OpenAI's strict mode); for an unknown name it is a fault. */
export function withoutNulls(args: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([name, value]) => value !== null || !names.includes(name)));
}

const NOT_AN_OBJECT = {
  null: 'not null',
  list: 'not a list',
  text: 'not a text; send the JSON object itself, not the JSON text of it',
  other: 'not a single value',
};

function kindOf(raw: unknown): keyof typeof NOT_AN_OBJECT {
  if (raw === null) return 'null';
  if (Array.isArray(raw)) return 'list';
  return typeof raw === 'string' ? 'text' : 'other';
}

function faultOf(place: Place): string | undefined {
  const { value } = place;
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return numberFault(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (place.depth > bounds.depth) return `nested deeper than ${bounds.depth} levels`;
  if (isTooMuch(place)) {
    return `${Object.keys(value).length} entries; at most ${mostEntries(place)} at once`;
  }
  return Array.isArray(value) ? undefined : nameFault(Object.keys(value));
}

/** Whether a list or an object is not looked into: it is refused as a whole. */
function isTooMuch(place: Place): boolean {
  return place.depth > bounds.depth || Object.keys(place.value as object).length > mostEntries(place);
}

function mostEntries({ key, depth }: Place): number {
  return depth === 1 && ['clear', 'ask_for'].includes(key) ? bounds.listedFields : bounds.arrayEntries;
}

function textFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'the text has a broken surrogate pair';
  if (isLong(text)) return `the text is longer than ${bounds.textBytes / 1024} KiB`;
  if (hasControl(text)) return 'control characters and line breaks are not taken; leave them out';
  return undefined;
}

function numberFault(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'the number is too large';
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined;
  return 'a number beyond 2^53 has lost digits on its way here; send it as a string of digits';
}

function nameFault(names: readonly string[]): string | undefined {
  if (names.includes('__proto__')) return '__proto__ is not a field name';
  if (names.includes('')) return 'a name is empty';
  const long = names.find((name) => name.length > bounds.nameCharacters);
  if (long !== undefined) return `a name of ${long.length} characters; at most ${bounds.nameCharacters}`;
  if (!names.every((name) => name.isWellFormed())) return 'a name has a broken surrogate pair';
  return names.some(hasControl) ? 'a name holds a control character or a line break' : undefined;
}

/** C0, DEL and C1, and the two line breaks of Unicode. */
function hasControl(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}

function isLong(text: string): boolean {
  return (
    text.length > bounds.textBytes || (text.length * 3 > bounds.textBytes && Buffer.byteLength(text) > bounds.textBytes)
  );
}

/** About as many bytes as it takes in JSON: what it holds is counted by itself, but for its names. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (!isObject(value)) return 4;
  return Object.keys(value).reduce((sum, key) => sum + Buffer.byteLength(key) + 4, 2);
}

/** A long path by its ends: the place is found by them, and the line stays short. */
function pathOf(place: Place, name: Echo): string {
  const keys: string[] = [];
  for (let at: Place | undefined = place; at?.parent !== undefined; at = at.parent) keys.unshift(name(at.key));
  if (keys.length === 0) return 'arguments';
  return (keys.length > 6 ? [...keys.slice(0, 3), '…', ...keys.slice(-2)] : keys).join('.');
}
