import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../lib/json/json.ts';
import { isExact, isObject, type Json } from '../../lib/json/json-value.ts';
import type { Compare } from '../../providers/field.ts';
import { toDay } from './references.ts';

/**
 * Whether two values of a field are the same to the vendor. Absent, `null`, `""`, `[]` and `{}` are all "empty": vendors
 * return one for another. Texts are compared in Unicode NFC.
 */
export function isSame(a: Json | undefined, b: Json | undefined, how: Compare = 'exact'): boolean {
  return a === b || isDeepStrictEqual(a, b) || fingerprint(a, how) === fingerprint(b, how);
}

/**
 * Whether a value that was read back means the target value. Vendors may normalize: an e-mail address in lower case, an
 * entry of a multi-valued attribute with more sub-attributes than were sent (RFC 7643 section 2.4).
 */
export function matchesTarget(found: Json | undefined, target: Json | undefined, how: Compare = 'exact'): boolean {
  if (isSame(found, target, how) || isSameAddress(found, target)) return true;
  return how === 'set' && Array.isArray(found) && Array.isArray(target) && matchesEntries(found, target);
}

/** Whether each target entry has a match of its own and no entry is left over. */
function matchesEntries(found: readonly Json[], target: readonly Json[]): boolean {
  const rest = [...found];
  // The most specific entry first: one with fewer sub-attributes must not take the only match of another.
  const specificFirst = [...target].sort((a, b) => sizeOf(b) - sizeOf(a));
  for (const entry of specificFirst) {
    const at = rest.findIndex((one) => matchesEntry(one, entry));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return rest.length === 0;
}

function matchesEntry(found: Json, target: Json): boolean {
  if (!isObject(found) || !isObject(target)) return matchesTarget(found, target) || isSame([found], [target], 'set');
  return Object.entries(target).every(([key, value]) => {
    const member = Object.hasOwn(found, key) ? found[key] : undefined;
    return matchesTarget(member, value) || (value === false && member === undefined);
  });
}

function sizeOf(entry: Json): number {
  return isObject(entry) ? Object.keys(entry).length : 0;
}

/** E-mail addresses are the same in any case: RFC 5321 section 2.4 leaves it open, mail providers do not. */
function isSameAddress(found: Json | undefined, target: Json | undefined): boolean {
  if (typeof found !== 'string' || typeof target !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(target)) return false;
  return isSame(found.toLowerCase(), target.toLowerCase());
}

/** A key for a list entry: entries that are the same to the vendor have the same key. */
export function entryKey(entry: Json): string {
  return canonicalJson(toEntry(normalize(entry) ?? null));
}

export function isEmpty(value: Json | undefined): boolean {
  return normalize(value) === undefined;
}

function fingerprint(value: Json | undefined, how: Compare): string {
  const plain = normalize(value);
  if (plain === undefined) return '';
  if (how === 'instant' && typeof plain === 'string') return String(toInstant(plain) ?? plain);
  if (how === 'day' && typeof plain === 'string') return toDay(plain);
  if (how === 'caseless' && typeof plain === 'string') return plain.toLowerCase();
  if (how === 'id') return canonicalJson(toId(plain));
  if (how === 'unordered' && Array.isArray(plain)) return canonicalJson(plain.map(canonicalJson).sort());
  if (how === 'set' && Array.isArray(plain))
    return canonicalJson(plain.map((entry) => canonicalJson(toEntry(entry))).sort());
  return canonicalJson(plain);
}

function normalize(value: Json | undefined): Json | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((entry) => normalize(entry) ?? null);
  if (!isObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]) => {
    const plain = normalize(member);
    return plain === undefined ? [] : [[key, plain] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** In an entry of a multi-valued attribute, `primary: false` is the same as no `primary` (RFC 7643 section 2.4). */
function toEntry(value: Json): Json {
  if (!isObject(value) || !Object.hasOwn(value, 'value')) return toId(value);
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== false));
}

/** A reference may be read as `5`, `"5"` or `{ id: 5, name: … }`. */
function toId(value: Json): Json {
  const id = isObject(value) && Object.hasOwn(value, 'id') && !Object.hasOwn(value, 'value') ? value['id'] : value;
  return typeof id === 'number' || isExact(id) ? id.toString() : (id ?? null);
}

/** Milliseconds since the epoch. A date-time without a zone is in UTC. */
function toInstant(text: string): number | undefined {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || text.length <= 10 ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}
