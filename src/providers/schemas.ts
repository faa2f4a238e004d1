import * as z from 'zod';
import { described } from '../lib/described.ts';

/**
 * Building blocks for field schemas. None has a default. Limits are the vendors'; where they state none, none is set.
 * `meta.listed` is how a schema appears in a tool's input schema: one type, no format but `date-time` (other formats are
 * said in words), because the APIs of several models refuse the rest. Nothing may be chained behind it, or it is lost.
 */

/** The setting of every provider for a test system, or for a vendor's region. */
export const baseUrl = () => described('Base URL of the API; https, or plain http on loopback.', z.url()).optional();

/** No field of the five vendors is documented as having several lines, so that no text may hold a line break either. */
export const text = (max?: number) => {
  const plain = z.string().refine((value) => !/[\p{Cc}\u2028\u2029]/u.test(value), {
    error: 'must not hold control characters or line breaks',
  });
  return max === undefined ? plain : plain.max(max);
};

export const email = () =>
  z
    .email({ error: 'expected an e-mail address such as jane.doe@acme.com' })
    .meta({ listed: { type: 'string', description: 'e-mail' } });

/** `YYYY-MM-DD`, a real calendar day. */
export const date = () =>
  z.iso
    .date({ error: 'expected a day of the calendar as YYYY-MM-DD, such as 2026-01-31' })
    .meta({ listed: { type: 'string', description: 'YYYY-MM-DD' } });

export const httpUrl = () =>
  z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .meta({ listed: { type: 'string', description: 'URL' } });

export const flag = () => z.boolean();

const INT64 = 'expected a non-negative integer id; beyond 9007199254740991 as a string of digits without leading zeros';

/**
 * An int64. JSON numbers beyond 2^53 lose digits in most clients before they reach us, so the listed type is a string of
 * digits; a number is taken all the same. Both leave for the vendor as exact numbers.
 */
export const int64 = () =>
  z
    .union([z.int(INT64).min(0, INT64), z.string().regex(/^(0|[1-9]\d{0,18})$/, INT64)], { error: INT64 })
    // Also run on what the union has refused: `BigInt` would throw there, with the value in its message.
    .refine((value) => !/^\d{1,19}$/.test(String(value)) || BigInt(value) <= 9223372036854775807n, {
      error: 'larger than an int64',
    })
    .transform(exactInteger)
    .meta({ listed: { type: 'string', description: 'int64' } });

/** A moment, RFC 3339, or a day, which means its midnight in UTC. */
export const instant = () =>
  z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], {
      error: 'expected a date-time such as 1990-05-17T00:00:00Z (RFC 3339), or a day as YYYY-MM-DD',
    })
    .transform((value) => (value.length === 10 ? `${value}T00:00:00Z` : value))
    .meta({ listed: { type: 'string', format: 'date-time' } });

/** A name of the IANA time zone database, in its spelling. */
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

/**
 * The names of the IANA time zone database that have no slash (tzdata 2025b, all in its file `tzdata.zi`). ICU, and with
 * it `Intl`, also takes abbreviations of its own, such as IST and CST, which mean different zones to different people.
 */
const SINGLE_WORDS = new Set(
  (
    'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran ' +
    'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK ' +
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu'
  ).split(' '),
);

/** Names with a slash that are ICU's own, or were withdrawn from the database. */
const NOT_IANA = /^(?:SystemV\/|US\/Pacific-New$|Etc\/Unknown$)/;

/** Whether this is a zone that Node knows, by a name of the IANA database in the spelling of the database. */
function isTimeZone(name: string): boolean {
  if (!SINGLE_WORDS.has(name) && (!name.includes('/') || NOT_IANA.test(name) || !isSpelled(name))) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `Intl` ignores case, vendors need not: every part begins with a capital, and none of four letters is all capitals. */
function isSpelled(name: string): boolean {
  return name.split('/').every((part) => /^[A-Z]/.test(part) && !/^[A-Z_-]{4,}$/.test(part));
}
