let last = 0;

/** Milliseconds since 1970, never the same twice: two edits within one millisecond must still look like two. */
export function tick(): number {
  last = Math.max(Date.now(), last + 1);
  return last;
}

/** A new instant as ISO 8601 with milliseconds. */
export function isoTick(): string {
  return new Date(tick()).toISOString();
}

/** .NET ticks (100 ns since year 1), the unit of awork's `resourceVersion`; always beyond 2^53. */
export function dotnetTicks(milliseconds: number): bigint {
  return (BigInt(milliseconds) + 62_135_596_800_000n) * 10_000n;
}
