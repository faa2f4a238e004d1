import { parse as parseLossless, stringify as stringifyLossless } from 'lossless-json';
import type { Json } from './providers/provider.ts';

/**
 * JSON without losing a digit. Ids of several vendors are int64 and exceed 2^53; a plain `JSON.parse` would round them
 * and a replacing PUT would then write the rounded ones back.
 */

/** Parses JSON text. Integers beyond 2^53 become bigint. Throws a SyntaxError on anything that is not JSON. */
export function parseJson(text: string): Json {
  // The lossless parser is ten times slower; only a run of 16 digits can hold what a double cannot.
  const parsed: unknown = /\d{16}/.test(text) ? parseLossless(text, undefined, exactNumber) : JSON.parse(text);
  return parsed as Json; // both parsers produce nothing else
}

/** Writes JSON text; bigint as bare digits. `undefined` members are left out, as `JSON.stringify` does. */
export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    // There is a bigint in it, which only the slower one can write.
    return stringifyLossless(value) ?? 'null';
  }
}

/**
 * One text for one value, whatever the order of its keys: for hashes, digests and comparisons. Keys are sorted by code
 * unit; members that JSON cannot say are left out; what has a `toJSON` (a Date) is written by it.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return JSON.stringify(value);
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]; // one of its own, by `Object.keys`
    if (isSayable(member)) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function isSayable(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

function exactNumber(digits: string): number | bigint {
  const number = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) ? BigInt(digits) : number;
}
