import { isDeepStrictEqual } from 'node:util';
import { canonicalJson } from '../../lib/json/json.ts';
import { isExact, isObject, type Json } from '../../lib/json/json-value.ts';
import { type Compare } from '../../providers/provider.ts';

/**
 * Whether two values of a field are the same to the vendor. Absent, `null`, `""`, `[]` and `{}` are all "empty":
 * vendors give one back for the other. Texts are compared in Unicode NFC.
 */
export function isSame(a: Json | undefined, b: Json | undefined, how: Compare = 'exact'): boolean {
  return a === b || isDeepStrictEqual(a, b) || fingerprint(a, how) === fingerprint(b, how);
}

/** One text for all spellings of an entry of a list: what is the same to the vendor has the same. */
export function entryKey(entry: Json): string {
  return canonicalJson(toEntry(normalize(entry) ?? null));
}

export function isEmpty(value: Json | undefined): boolean {
  return normalize(value) === undefined;
}

/** The calendar day at the head of a date or date-time (RFC 3339); any other text as it is. */
export function toDay(text: string): string {
  return /^\d{4}-\d{2}-\d{2}(?=[Tt ]|$)/.exec(text)?.[0] ?? text;
}

function fingerprint(value: Json | undefined, how: Compare): string {
  const plain = normalize(value);
  if (plain === undefined) return '';
  if (how === 'instant' && typeof plain === 'string') return String(toInstant(plain) ?? plain);
  if (how === 'day' && typeof plain === 'string') return toDay(plain);
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

/** An entry of a multi-valued attribute: `primary: false` and no `primary` are one (RFC 7643 section 2.4). */
function toEntry(value: Json): Json {
  if (!isObject(value) || !Object.hasOwn(value, 'value')) return toId(value);
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== false));
}

/** A reference may come back as `5`, `"5"` or `{ id: 5, name: … }`. */
function toId(value: Json): Json {
  const id = isObject(value) && Object.hasOwn(value, 'id') && !Object.hasOwn(value, 'value') ? value['id'] : value;
  return typeof id === 'number' || isExact(id) ? id.toString() : (id ?? null);
}

/** Milliseconds; a date-time without a zone is taken as UTC. */
function toInstant(text: string): number | undefined {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || text.length <= 10 ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}
