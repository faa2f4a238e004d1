import { describe, expect, it } from 'vitest';
import { createPace } from '../../../src/upstream/pace/pace.ts';
import { type Limit, simulate } from '../../support/vendors/limited.ts';

const even = () => 0.5; // no jitter but its middle

describe('a pause', () => {
  it('lasts as long as the vendor asks for, and a little longer', () => {
    const pace = createPace(even);
    pace.slowDown(1000, 990, 5000);
    expect(pace.nextTurn(1001)).toBe(6050);
    expect(pace.nextTurn(7000)).toBe(7000);
  });

  it('grows while the vendor names no time, until a request is taken', () => {
    const pace = createPace(even);
    const waits: number[] = [];
    for (let now = 0; waits.length < 10; now = pace.pausedUntil) {
      pace.slowDown(now, now);
      waits.push(pace.pausedUntil - now);
    }
    expect(waits).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    const later = pace.pausedUntil;
    pace.taken(later + 10, later);
    pace.slowDown(later + 20, later + 15);
    expect(pace.pausedUntil - later - 20).toBe(200);
  });

  it('grows too where the time that the vendor names is too short', () => {
    const pace = createPace(even);
    pace.slowDown(0, 0, 0);
    expect(pace.pausedUntil).toBe(50);
    pace.slowDown(60, 55, 0);
    expect(pace.pausedUntil).toBe(60 + 400);
  });

  it('is one pause for all requests that were under way when it began', () => {
    const pace = createPace(even);
    for (const now of [100, 101, 102, 103]) pace.slowDown(now, 60);
    pace.slowDown(104, 60, 0);
    expect(pace.pausedUntil).toBe(300);
    // Nor does a request end it that was taken before.
    pace.taken(105, 60);
    pace.slowDown(310, 305);
    expect(pace.pausedUntil).toBe(310 + 400);
  });

  it('is an hour at most', () => {
    const pace = createPace(even);
    pace.slowDown(0, 0, Number.POSITIVE_INFINITY);
    expect(pace.pausedUntil).toBe(3_600_050);
  });

  it('is followed by one request, then by others with a gap between them', () => {
    const pace = createPace(even);
    pace.slowDown(0, 0, 1000);
    const starts = Array.from({ length: 5 }, () => {
      const at = pace.nextTurn(500);
      pace.take(at);
      return at;
    });
    expect(starts).toEqual([1050, 1100, 1150, 1200, 1250]);
  });

  it('leaves no trace on a vendor that takes everything afterwards', () => {
    const pace = createPace(even);
    pace.slowDown(0, 0, 1000);
    for (let now = 1100; now < 2500; now += 20) pace.taken(now, now - 10);
    pace.take(3000);
    expect(pace.nextTurn(3000)).toBe(3000);
  });
});

describe('a vendor with a limit', () => {
  it.each<[string, Limit]>([
    ['10 requests a second, one second', { requests: 10, perMs: 1000, askedMs: 1000 }],
    ['10 requests a second, no time', { requests: 10, perMs: 1000 }],
    ['10 requests a second, no second', { requests: 10, perMs: 1000, askedMs: 0 }],
    ['50 requests a second, one second', { requests: 50, perMs: 1000, askedMs: 1000 }],
    ['300 requests a minute, half a minute', { requests: 300, perMs: 60_000, askedMs: 30_000 }],
  ])('of %s takes everything, refuses little, and is kept busy', (_name, limit) => {
    for (const latencyMs of [2, 40]) {
      const { refused, ms } = simulate({ total: 1200, workers: 5, latencyMs, limit });
      expect(refused / 1200).toBeLessThan(0.12);
      expect(ms).toBeLessThan((1200 / limit.requests) * limit.perMs * 1.7);
    }
  });

  it('that has none is not slowed down', () => {
    const { refused, ms } = simulate({ total: 1200, workers: 5, latencyMs: 40, limit: undefined });
    expect(refused).toBe(0);
    expect(ms).toBe((1200 / 5) * 40);
  });
});
