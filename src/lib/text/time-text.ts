/** Times as people write them, all in UTC unless they say otherwise. */

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY, w: 7 * DAY };

/** How a time may be written. */
export const EXPECTED_TIME =
  'expected 7d (or h, w: that long ago), a day such as 2026-01-31, or a date-time such as 2026-01-31T09:00Z; without a zone it is UTC';

/**
 * The first and last millisecond of a time as it was given: a day, a minute and a second have more than one. Says what is
 * wrong with anything else.
 */
export function parseTime(text: string, now: number): { first: number; last: number } | { fault: string } {
  const ago = /^(\d{1,5})([hdw])$/i.exec(text.trim());
  if (ago) {
    const at = now - Number(ago[1]) * (UNITS[(ago[2] ?? '').toLowerCase()] ?? 0);
    return { first: at, last: at };
  }
  const parts =
    /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?\s*([Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/.exec(
      text.trim(),
    );
  if (!parts) return { fault: EXPECTED_TIME };
  const [, year, month, day, hour, minute = '0', second, fraction, zone] = parts;
  const numbers = [year, Number(month) - 1, day, hour ?? 0, minute, second ?? 0].map(Number) as Six; // one number for each of the six
  const first = Date.UTC(...numbers) + Number((fraction ?? '0').padEnd(3, '0')) - offsetOf(zone);
  if (!isOnCalendar(numbers)) return { fault: `there is no such time; ${EXPECTED_TIME}` };
  const length = hour === undefined ? DAY : second === undefined ? 60_000 : fraction === undefined ? 1000 : 1;
  return { first, last: first + length - 1 };
}

type Six = [number, number, number, number, number, number];

/** `Date` turns 30 February into 2 March; such dates are refused. */
function isOnCalendar(numbers: Six): boolean {
  const date = new Date(Date.UTC(...numbers));
  const found = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  ];
  return found.every((number, index) => number === numbers[index]) && numbers[5] < 60;
}

function offsetOf(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}
