import { expect, it } from 'vitest';
import { parseTime } from '../../../src/lib/text/time-text.ts';

const NOW = Date.parse('2026-03-29T02:30:00Z');

it.each([
  ['1d', '2026-03-28T02:30:00.000Z', '2026-03-28T02:30:00.000Z'],
  ['2026-03-29', '2026-03-29T00:00:00.000Z', '2026-03-29T23:59:59.999Z'],
  // An hour that many countries skip on that day.
  ['2026-03-29T02:30', '2026-03-29T02:30:00.000Z', '2026-03-29T02:30:59.999Z'],
  ['2026-03-29 02:30:15', '2026-03-29T02:30:15.000Z', '2026-03-29T02:30:15.999Z'],
  ['2026-03-29T02:30:15.5+05:45', '2026-03-28T20:45:15.500Z', '2026-03-28T20:45:15.500Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
])('%s is a span in UTC, to the precision it is given in', (text, first, last) => {
  expect(parseTime(text, NOW)).toEqual({ first: Date.parse(first), last: Date.parse(last) });
});

it.each([
  ...['', '7', 'd', '7y', '-7d', '1e3d', '١d', 'today', '29.03.2026', '2026-3-29', '2026-03-29T', '0000-01-01'],
  ...['2026-02-29', '2026-13-01', '2026-03-29T24:00', '2026-03-29T23:60', '2026-03-29T23:59:60'],
  ...['2026-03-29T09:00+24:00', '2026-03-29T09:00+01:60', '2026-03-29T09:00+99:99'],
])('%j is no time', (text) => {
  expect(parseTime(text, NOW)).toHaveProperty('fault');
});
