/** Takes a token from this caller's bucket. 0 if there was one, else the whole seconds until there will be. */
export type RateLimit = (caller: string) => number;

const MAX_BUCKETS = 10_000;

/** A token bucket per caller: a minute's worth at once, refilled evenly. */
export function createRateLimit({ perMinute }: { perMinute: number }, now: () => number = Date.now): RateLimit {
  const size = Math.max(1, perMinute);
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (caller) => {
    const at = now();
    const { tokens: before, at: since } = buckets.get(caller) ?? { tokens: size, at };
    const tokens = Math.min(size, before + (at - since) * perMs);
    // Reinserted at the end of the map, so that its first entries are the longest unused. They are dropped first.
    buckets.delete(caller);
    buckets.set(caller, { tokens: tokens < 1 ? tokens : tokens - 1, at });
    for (const [oldest] of buckets) {
      if (buckets.size <= MAX_BUCKETS) break;
      buckets.delete(oldest);
    }
    return tokens < 1 ? Math.max(1, Math.ceil((1 - tokens) / perMs / 1000)) : 0;
  };
}
