import { canonicalJson } from '../json.ts';
import { toBodyText } from './body-text.ts';
import type { Mac } from './mac.ts';
import type { EntryBody, RecordedField } from './store.ts';

/**
 * Stands in an entry for a value that was too long for it: how it begins (as JSON), its length, and an HMAC of it, so
 * that somebody who has the value can show that it is the one. The before-image holds the value whole.
 */
export interface CutValue {
  cut: string;
  /** Of the JSON of the value, in UTF-16 units. */
  characters: number;
  hash: string;
}

/**
 * The body as text of at most `maxBytes`, for an entry must never be refused for its size. What fits is left as it is.
 * Else values and texts are cut, the longest ones first; where there are too many of them, the last of a list become one
 * that counts them.
 */
export function fitBody(body: EntryBody, maxBytes: number, mac: Mac): string {
  const whole = toBodyText(body);
  if (size(whole) <= maxBytes) return whole;
  for (const characters of steps) {
    const text = toBodyText(cutLong(body, characters, mac));
    if (size(text) <= maxBytes) return text;
  }
  return toBodyText(cutLists(cutLong(body, shortest, mac), maxBytes, mac));
}

/** Cuts a text; what it says of itself stands in brackets after it. */
export function cutText(text: string, characters: number, mac: Mac): string {
  if (text.length <= characters + cutCosts) return text;
  return `${begin(text, characters)}… [cut; ${text.length} characters, ${mac.sign('value', text)}]`;
}

/** Characters kept of each value, tried one after the other. */
const shortest = 60;
const steps = [2000, 500, 150, shortest];
/** What cutting adds: a value that is hardly longer stays whole. */
const cutCosts = 120;

function cutLong(body: EntryBody, characters: number, mac: Mac): EntryBody {
  const cutField = ({ field, effect, before, after }: RecordedField): RecordedField => ({
    field: cutText(field, Math.max(characters, 150), mac),
    effect: cutText(effect, characters, mac),
    before: cutValue(before, characters, mac),
    after: cutValue(after, characters, mac),
  });
  const { fields, collateral, stripped, ...texts } = body;
  const rest = Object.entries(texts).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' ? cutText(value, characters, mac) : cutValue(value, characters, mac),
  ]);
  return {
    ...(Object.fromEntries(rest) as typeof texts), // texts stay texts, and numbers are never long
    fields: fields.map(cutField),
    ...(collateral && { collateral: collateral.map(cutField) }),
    ...(stripped && { stripped: stripped.map((name) => cutText(name, characters, mac)) }),
  };
}

function cutValue(value: unknown, characters: number, mac: Mac): unknown {
  // Most values are short, and a short text is cheaper to measure than to write.
  if (typeof value === 'string' && value.length <= characters) return value;
  const text = canonicalJson(value);
  if (value === undefined || text.length <= characters + cutCosts) return value;
  return { cut: begin(text, characters), characters: text.length, hash: mac.sign('value', text) } satisfies CutValue;
}

/** Shares of the room that the three lists get. */
const shares = { fields: 0.6, collateral: 0.3, stripped: 0.1 };

function cutLists(body: EntryBody, maxBytes: number, mac: Mac): EntryBody {
  const { fields, collateral, stripped, ...texts } = body;
  const room = maxBytes - size(toBodyText({ ...texts, fields: [] })) - countersCost;
  const count = (left: readonly RecordedField[]): RecordedField => ({
    field: `(${left.length} more)`,
    effect: [...new Set(left.map(({ effect }) => effect))].slice(0, 8).join(', '),
    before: cutValue(
      left.map(({ field, before }) => [field, before]),
      shortest,
      mac,
    ),
    after: cutValue(
      left.map(({ field, after }) => [field, after]),
      shortest,
      mac,
    ),
  });
  return {
    ...texts,
    fields: firstOf(fields, room * shares.fields, count),
    ...(collateral && { collateral: firstOf(collateral, room * shares.collateral, count) }),
    ...(stripped && { stripped: firstOf(stripped, room * shares.stripped, (left) => `(${left.length} more)`) }),
  };
}

/** Room for the entries that count what was left out. */
const countersCost = 3000;

function firstOf<T>(list: readonly T[], room: number, count: (left: readonly T[]) => T): T[] {
  let used = 0;
  const end = list.findIndex((one) => {
    used += size(canonicalJson(one)) + 1;
    return used > room;
  });
  return end === -1 ? [...list] : [...list.slice(0, end), count(list.slice(end))];
}

/** No half of a surrogate pair at its end, which no database would take. */
function begin(text: string, characters: number): string {
  const start = text.slice(0, characters);
  return start.isWellFormed() ? start : start.slice(0, -1).toWellFormed();
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
