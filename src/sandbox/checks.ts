import type { JsonValue } from './json.ts';

const INT64_MAX = 9_223_372_036_854_775_807n;

/** An integer within int64, as a number or a bigint. */
export function isInt64(value: JsonValue | undefined): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value === 'bigint' && value <= INT64_MAX && value >= -INT64_MAX - 1n;
}

/** A real calendar day as YYYY-MM-DD; 2025-02-30 is not one. */
export function isCalendarDate(value: JsonValue | undefined): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

/** Something of the form local@domain. */
export function isEmail(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)*$/.test(value);
}

/** Equal texts, ignoring case, as e-mails and user names are compared. */
export function isSameText(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();
}

/** Whether a value is one that an attribute takes. */
export type ValueCheck = (value: JsonValue) => boolean;

export const isText: ValueCheck = (value) => typeof value === 'string';
export const isFlag: ValueCheck = (value) => typeof value === 'boolean';

export function isOneOf(...allowed: readonly string[]): ValueCheck {
  return (value) => typeof value === 'string' && allowed.includes(value);
}

export function isNullOr(check: ValueCheck): ValueCheck {
  return (value) => value === null || check(value);
}

export function isListOf(check: ValueCheck): ValueCheck {
  return (value) => Array.isArray(value) && value.every(check);
}
