let last = 0;

/** Milliseconds since 1970, never the same twice: two edits within one millisecond must have different timestamps. */
export function tick(): number {
  last = Math.max(Date.now(), last + 1);
  return last;
}

/** A new instant as ISO 8601 with milliseconds. */
export function isoTick(): string {
  return new Date(tick()).toISOString();
}
