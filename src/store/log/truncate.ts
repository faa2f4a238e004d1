import type { CutValue } from '../../audit/cut.ts';
import { canonicalJson } from '../../lib/json/json.ts';
import type { Redacted } from '../../lib/json/redacted.ts';
import type { Mac } from '../mac.ts';
import { toBodyText } from './codec.ts';
import type { EntryBody, RecordedField } from './entry.ts';

/**
 * The body as text of at most `maxBytes`, since no entry may be rejected for its size. A body that fits is unchanged.
 * Otherwise values and texts are cut, the longest first; if there are too many values, one that counts them replaces
 * the last ones of a list. Keys stay whole, since half a key finds nothing; there are ten at most.
 */
export function fitBody(body: EntryBody, maxBytes: number, mac: Mac): string {
  const whole = toBodyText(body);
  if (size(whole) <= maxBytes) return whole;
  const entries = body.fields.length + (body.collateral?.length ?? 0) + (body.stripped?.length ?? 0);
  // With too many values, even empty ones would not fit, so cutting them all gains nothing.
  const tried = entries * leastEntryBytes > maxBytes ? [] : steps;
  for (const characters of tried) {
    const text = toBodyText(cutLong(body, characters, mac));
    if (size(text) <= maxBytes) return text;
  }
  return toBodyText(cutLists(body, maxBytes, mac));
}

/** Cuts a text; its length and HMAC follow in brackets. */
export function cutText(text: string, characters: number, mac: Mac): string {
  if (text.length <= characters + cutCosts) return text;
  return `${begin(text, characters)}… [cut; ${text.length} characters, ${mac.sign('value', text)}]`;
}

/** Characters kept of each value, tried one after the other. */
const shortest = 60;
const steps = [2000, 500, 150, shortest];
/** The least size of an entry, in bytes of JSON; a name in `stripped` has less, and is rare. */
const leastEntryBytes = 45;
/** The characters that cutting adds: a value that is hardly longer stays whole. */
const cutCosts = 120;

function cutLong(body: EntryBody, characters: number, mac: Mac): EntryBody {
  const { fields, collateral, stripped, emailKeys, ...texts } = body;
  const cut = (one: RecordedField): RecordedField => cutField(one, characters, mac);
  return {
    ...cutTexts(texts, characters, mac),
    ...(emailKeys && { emailKeys }),
    fields: fields.map(cut),
    ...(collateral && { collateral: collateral.map(cut) }),
    ...(stripped && { stripped: stripped.map((name) => cutText(name, characters, mac)) }),
  };
}

function cutTexts<T extends object>(texts: T, characters: number, mac: Mac): T {
  const cut = Object.entries(texts).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' ? cutText(value, characters, mac) : value,
  ]);
  return Object.fromEntries(cut) as T; // texts stay texts, and the others are as they were
}

function cutField({ field, effect, before, after }: RecordedField, characters: number, mac: Mac): RecordedField {
  return {
    field: cutText(field, Math.max(characters, 150), mac),
    effect: cutText(effect, characters, mac),
    before: cutRedacted(before, characters, mac),
    after: cutRedacted(after, characters, mac),
  };
}

type AuditValue = Redacted<'audit'> | undefined;

/** Takes redacted values, or lists of them with the names of their fields. */
function cutRedacted(
  value: AuditValue | readonly (readonly [string, AuditValue])[],
  characters: number,
  mac: Mac,
): AuditValue {
  return cutValue(value, characters, mac) as AuditValue; // part of a redacted value is redacted
}

function cutValue(value: unknown, characters: number, mac: Mac): unknown {
  // Most values are short, and a short text is cheaper to measure than to write.
  if (typeof value === 'string' && value.length <= characters) return value;
  const text = canonicalJson(value);
  if (value === undefined || text.length <= characters + cutCosts) return value;
  return { cut: begin(text, characters), characters: text.length, hash: mac.sign('value', text) } satisfies CutValue;
}

/** Shares of the space that the three lists get. */
const shares = { fields: 0.6, collateral: 0.3, stripped: 0.1 };

function cutLists(body: EntryBody, maxBytes: number, mac: Mac): EntryBody {
  const { fields, collateral, stripped, sideEffects, emailKeys, ...rest } = body;
  const texts = {
    ...cutTexts(rest, shortest, mac),
    ...(emailKeys && { emailKeys }),
    // A part of them would say that the vendor could not have changed the others.
    ...(sideEffects && size(canonicalJson(sideEffects)) <= countersCost && { sideEffects }),
  };
  const space = maxBytes - size(toBodyText({ ...texts, fields: [] })) - countersCost;
  const cut = (one: RecordedField): RecordedField => cutField(one, shortest, mac);
  const count = (left: readonly RecordedField[]): RecordedField => ({
    field: `(${left.length} more)`,
    effect: [...new Set(left.map(({ effect }) => effect))].slice(0, 8).join(', ').slice(0, 200),
    before: cutRedacted(
      left.map(({ field, before }) => [field, before] as const),
      shortest,
      mac,
    ),
    after: cutRedacted(
      left.map(({ field, after }) => [field, after] as const),
      shortest,
      mac,
    ),
  });
  const countNames = (left: readonly string[]): string => `(${left.length} more)`;
  const cutName = (name: string): string => cutText(name, shortest, mac);
  return {
    ...texts,
    fields: firstOf(fields, space * shares.fields, cut, count),
    ...(collateral && { collateral: firstOf(collateral, space * shares.collateral, cut, count) }),
    ...(stripped && { stripped: firstOf(stripped, space * shares.stripped, cutName, countNames) }),
  };
}

/** Space for the entries that count what was left out. */
const countersCost = 3000;

/** As many as fit; one more counts the rest. */
function firstOf<T>(list: readonly T[], space: number, cut: (one: T) => T, count: (left: readonly T[]) => T): T[] {
  const kept: T[] = [];
  let used = 0;
  for (const one of list) {
    const short = cut(one);
    used += size(canonicalJson(short)) + 1;
    if (used > space) return [...kept, count(list.slice(kept.length))];
    kept.push(short);
  }
  return kept;
}

/** Does not end with half of a surrogate pair, which databases reject. */
function begin(text: string, characters: number): string {
  const start = text.slice(0, characters);
  return start.isWellFormed() ? start : start.slice(0, -1).toWellFormed();
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
