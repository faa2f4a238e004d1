import { type Guess, keptValues, windowMs } from '../windows.ts';

/** The guesses of a memory store: at most 4,096 keys. */
export function createMemoryGuesses(now: () => number) {
  /** For each key, its values and when each was noted last. */
  const keys = new Map<string, Map<string, number>>();

  function note({ key, value }: Guess): number {
    const time = now();
    const values = keys.get(key) ?? new Map<string, number>();
    dropBefore(values, time - windowMs);
    const others = values.size - (values.has(value) ? 1 : 0);
    if (others < keptValues) values.set(value, time);
    keys.set(key, values);
    if (keys.size > maxKeys) dropSmallest(key);
    return others + 1;
  }

  /** The key with the fewest guesses is dropped, so that many new keys cannot reset one that is near its bound. */
  function dropSmallest(newest: string): void {
    let smallest: { key: string; size: number } | undefined;
    for (const [key, { size }] of keys) {
      if (key !== newest && (!smallest || size < smallest.size)) smallest = { key, size };
    }
    if (smallest) keys.delete(smallest.key);
  }

  return {
    noteGuesses: async (guesses: readonly Guess[]) => guesses.map(note),
    purge(time: number): void {
      for (const [key, values] of keys) {
        dropBefore(values, time - windowMs);
        if (values.size === 0) keys.delete(key);
      }
    },
  };
}

const maxKeys = 4096;

function dropBefore(values: Map<string, number>, time: number): void {
  for (const [value, at] of values) if (at <= time) values.delete(value);
}
