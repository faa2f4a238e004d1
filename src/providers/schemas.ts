import * as z from 'zod';
import { described } from '../lib/described.ts';

/**
 * Building blocks for field schemas. None has a default, and none has a limit that the vendor does not state.
 * `meta.listed` is how a schema appears in a tool's input schema: one type, no format but `date-time` (other formats are
 * in the description), because the APIs of several models reject the rest. Do not chain anything after it: it would be lost.
 */

/** The setting of every provider for a test system, or for a vendor's region. */
export const baseUrl = () => described('Base URL of the API; https, or plain http on loopback.', z.url()).optional();

/** No vendor documents a field of several lines, so no text may contain a line break. */
export const text = (max?: number) => {
  const plain = z.string().refine((value) => !/[\p{Cc}\u2028\u2029]/u.test(value), {
    error: 'must not contain control characters or line breaks',
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
 * An int64. Most clients lose digits of JSON numbers beyond 2^53, so the listed type is a string of digits; a number is
 * accepted too. Both are sent to the vendor as exact numbers.
 */
export const int64 = () =>
  z
    .union([z.int(INT64).min(0, INT64), z.string().regex(/^(0|[1-9]\d{0,18})$/, INT64)], { error: INT64 })
    // Also runs when the union has failed: `BigInt` would throw there, with the value in its message.
    .refine((value) => !/^\d{1,19}$/.test(String(value)) || BigInt(value) <= 9223372036854775807n, {
      error: 'larger than an int64',
    })
    .transform(exactInteger)
    .meta({ listed: { type: 'string', description: 'int64' } });

/** An RFC 3339 date-time, or a day, which means its midnight in UTC. */
export const instant = () =>
  z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], {
      error: 'expected a date-time such as 1990-05-17T00:00:00Z (RFC 3339), or a day as YYYY-MM-DD',
    })
    .transform((value) => (value.length === 10 ? `${value}T00:00:00Z` : value))
    .meta({ listed: { type: 'string', format: 'date-time' } });

/** A name of the IANA time zone database, spelled as there. */
export const timeZone = () =>
  z.string().refine(isTimeZone, { error: 'expected an IANA time zone such as America/New_York' });

/** A vendor's path id. It is percent-encoded into the path, where `.` and `..` would still be path segments. */
export const pathId = () =>
  z
    .string()
    .regex(/^(?!\.{1,2}$)[^\p{Cc}]{1,256}$/u, { error: 'expected the id the vendor gave this user' })
    .meta({ listed: { type: 'string' } });

/** A JSON object whose keys the tenant chooses. It was parsed from JSON, so its values are JSON. */
export const freeObject = () => z.record(z.string(), z.unknown()).meta({ listed: { type: 'object' } });

function exactInteger(value: number | string): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

/**
 * The names of the IANA time zone database without a slash (tzdata 2025b, file `tzdata.zi`). ICU, and so `Intl`, also
 * accepts abbreviations of its own, such as IST and CST, which mean different zones to different people.
 */
const SINGLE_WORDS = new Set(
  (
    'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran ' +
    'Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK ' +
    'Singapore Turkey UCT UTC Universal W-SU WET Zulu'
  ).split(' '),
);

/** Names with a slash that only ICU has, or that the database has withdrawn. */
const NOT_IANA = /^(?:SystemV\/|US\/Pacific-New$|Etc\/Unknown$)/;

/** Whether Node knows this zone, and the name is the IANA database's own, spelled as there. */
function isTimeZone(name: string): boolean {
  if (!SINGLE_WORDS.has(name) && (!name.includes('/') || NOT_IANA.test(name) || !isSpelled(name))) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** `Intl` ignores case, vendors may not: every part begins with a capital, and none of four or more letters is all capitals. */
function isSpelled(name: string): boolean {
  return name.split('/').every((part) => /^[A-Z]/.test(part) && !/^[A-Z_-]{4,}$/.test(part));
}
