import { isInteger, parse } from 'lossless-json';

/**
 * One text for one value: keys sorted by code unit, no white space, members that are `undefined` left out, bigints as
 * plain digits. What a hash or a digest is made over, so it must never depend on the order in which keys were set.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  if (typeof value['toJSON'] === 'function') return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  const members = keys.filter((key) => isJson(value[key]));
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`;
}

/** Reads JSON without losing a digit: an integer beyond 2^53 is a bigint. Throws a SyntaxError. */
export function parseJson(text: string): unknown {
  return parse(text, null, toNumber);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isJson(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

function toNumber(text: string): number | bigint {
  const number = Number(text);
  return isInteger(text) && !Number.isSafeInteger(number) ? BigInt(text) : number;
}
