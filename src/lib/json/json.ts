import { compareNumber, parse as parseLossless, stringify as stringifyLossless } from 'lossless-json';
import { ExactNumber, isExact, type Json } from './json-value.ts';

/**
 * Lossless JSON. Ids of several vendors are int64 and exceed 2^53; a plain `JSON.parse` would round them, and a replacing
 * PUT would then write the rounded ids back.
 */

/**
 * The start of a number that a double may not hold: 16 digits with or without a point, an exponent of three digits, or
 * minus zero.
 */
const LARGE = /(?:^|[[:,])\s*(?:-0|-?(?:[\d.]{16}|[\d.]+e[+-]?\d{3}))/i;

/**
 * Parses JSON text. Integers beyond 2^53 become bigint. Other numbers that a double cannot hold, and integers too long for
 * an id, become ExactNumber. Throws a SyntaxError on anything that is not JSON.
 */
export function parseJson(text: string): Json {
  // The lossless parser is ten times slower, and most texts contain no such number.
  const parsed: unknown = LARGE.test(text) ? parseLossless(text, undefined, exactNumber) : JSON.parse(text);
  return parsed as Json; // neither parser produces anything else
}

/** Writes JSON text, with bigint and ExactNumber as bare digits. Omits `undefined` members, as `JSON.stringify` does. */
export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    // It contains an exact number, which only the slower writer can write.
    return stringifyLossless(value, undefined, undefined, [{ test: isExact, stringify: String }]) ?? 'null';
  }
}

/**
 * The same text for the same value, whatever the order of its keys: for hashes, digests and comparisons. Keys are sorted
 * by code unit, members that JSON cannot express are omitted, and `toJSON` is respected (Date).
 */
export function canonicalJson(value: unknown): string {
  return isCanonical(value) ? (JSON.stringify(value) ?? 'null') : writeCanonical(value);
}

/** Whether the platform's writer, which is several times as fast, writes the canonical text. */
function isCanonical(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint';
  if (Array.isArray(value)) return value.every(isCanonical);
  if ('toJSON' in value) return false;
  let last: string | undefined;
  for (const [key, member] of Object.entries(value)) {
    if ((last !== undefined && last > key) || !isCanonical(member)) return false;
    last = key;
  }
  return true;
}

function writeCanonical(value: unknown): string {
  if (isExact(value)) return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(writeCanonical).join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return JSON.stringify(value);
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]; // an own property, from `Object.keys`
    if (isExpressible(member)) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${writeCanonical(member)}`;
  }
  return `{${text}}`;
}

function isExpressible(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

/** More digits than any id has. Time to create and write a bigint grows with the square of its digits. */
const MAX_BIGINT = 100;

function exactNumber(digits: string): number | bigint | ExactNumber {
  const number = Number(digits);
  const isId = digits.length <= MAX_BIGINT && /^-?\d+$/.test(digits);
  if (isId && !Number.isSafeInteger(number)) return BigInt(digits);
  return fitsDouble(digits, number) ? number : new ExactNumber(digits);
}

/** Whether a double writes back the value it was read from; `2.50` may become `2.5`. */
function fitsDouble(digits: string, number: number): boolean {
  return Number.isFinite(number) && !Object.is(number, -0) && compareNumber(digits, String(number)) === 0;
}
