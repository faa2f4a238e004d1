import { expect, it } from 'vitest';
import { afterFailure, dueAt, isGivenUp } from '../../src/notify/backoff.ts';

const hour = 3_600_000;

it('waits two seconds at most, then twice as long each time, to ten minutes', () => {
  let cursor = { seq: 1, attempts: 0, failingSince: undefined as number | undefined, nextAt: 0 };
  const waits = Array.from({ length: 40 }, (_, i) => {
    cursor = afterFailure(cursor, { now: 1000, random: 1 });
    expect(cursor).toMatchObject({ seq: 1, attempts: i + 1, failingSince: 1000 });
    return (cursor.nextAt - 1000) / 1000;
  });
  expect(waits.slice(0, 11)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
  expect(waits.at(-1)).toBe(600);
});

it('obeys a receiver that says when to come back, within ten minutes', () => {
  const first = { seq: 1, attempts: 0, failingSince: undefined, nextAt: 0 };
  const wait = (retryAfterMs: number) => afterFailure(first, { now: 0, random: 0, retryAfterMs }).nextAt;
  expect([0, 1000, 30_000, 1e9].map(wait)).toEqual([1500, 1500, 30_000, 600_000]);
});

it('gives up what is a day old after a day of failures, and nothing else', () => {
  const now = Date.parse('2026-01-10T00:00:00Z');
  const given = (failingHours: number | undefined, ageHours: number, attempts = 20) => {
    const failingSince = failingHours === undefined ? undefined : now - failingHours * hour;
    const at = new Date(now - ageHours * hour).toISOString();
    return isGivenUp({ seq: 1, attempts, failingSince, nextAt: 0 }, at, now);
  };
  expect([given(24, 24), given(23, 99), given(99, 23), given(undefined, 99)]).toEqual([true, false, false, false]);
  // A computer that was off over the weekend has hardly tried.
  expect(given(70, 70, 3)).toBe(false);
});

it('does not wait for a time that only a clock had which was wrong', () => {
  const cursor = { seq: 1, attempts: 3, failingSince: 90 * hour, nextAt: 90 * hour };
  expect(dueAt(cursor, 89.9 * hour)).toBe(90 * hour);
  expect(dueAt(cursor, hour)).toBe(hour);
  expect(afterFailure(cursor, { now: hour, random: 1 }).failingSince).toBe(hour);
});
