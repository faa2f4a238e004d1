import * as z from 'zod';

/**
 * Building blocks for field schemas. None has a default. Limits are the vendors'; where they state none, none is set.
 * `meta.listed` is how a schema appears in a tool's input schema, where what zod derives would be long-winded.
 */

export const text = (max?: number) => (max === undefined ? z.string() : z.string().max(max));

export const email = () => z.email();

/** `YYYY-MM-DD`, a real calendar day. */
export const date = () => z.iso.date();

export const flag = () => z.boolean();

const INT64 = 'expected a non-negative integer id; beyond 9007199254740991 as a string of digits without leading zeros';

/**
 * An int64. JSON numbers beyond 2^53 lose digits in most clients before they reach us, so larger ids come as strings of
 * digits; both leave for the vendor as exact numbers.
 */
export const int64 = () =>
  z
    .union([z.int(INT64).min(0, INT64), z.string().regex(/^(0|[1-9]\d{0,18})$/, INT64)], { error: INT64 })
    // Also run on what the union has refused: `BigInt` would throw there, with the value in its message.
    .refine((value) => !/^\d+$/.test(String(value)) || BigInt(value) <= 9223372036854775807n, {
      error: 'larger than an int64',
    })
    .transform(exactInteger)
    .meta({ listed: { type: ['integer', 'string'], format: 'int64' } });

/** A moment, RFC 3339, or a day, which means its midnight in UTC. */
export const instant = () =>
  z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: 'expected a date-time (RFC 3339) or YYYY-MM-DD' })
    .transform((value) => (value.length === 10 ? `${value}T00:00:00Z` : value))
    .meta({ listed: { type: 'string', format: 'date-time' } });

/** A name of the IANA time zone database, checked against the one Node carries. */
export const timeZone = () =>
  z.string().refine(isTimeZone, { error: 'expected an IANA time zone such as America/New_York' });

/** A vendor's path id. It is percent-encoded into the path; `.` and `..` would still be taken for folders. */
export const pathId = () =>
  z
    .string()
    .regex(/^(?!\.{1,2}$)[^\p{Cc}]{1,256}$/u, { error: 'expected the id the vendor gave this user' })
    .meta({ listed: { type: 'string' } });

/** Any JSON object with keys of the tenant's own; that it is JSON follows from how it got here. */
export const freeObject = () => z.record(z.string(), z.unknown()).meta({ listed: { type: 'object' } });

function exactInteger(value: number | string): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
