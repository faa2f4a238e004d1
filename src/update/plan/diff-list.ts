import type { Json } from '../../lib/json/json-value.ts';

/** How one list becomes another. */
export interface ListDiff {
  removed: Json[];
  added: Json[];
  /** Whether kept entries change places, or new entries come before them. */
  reordered: boolean;
  /** The target list; kept entries appear as they were read. */
  after: Json[];
}

/** Compares two lists entry by entry, in linear time. Entries with the same key are the same; duplicates count. */
export function diffList(
  before: readonly Json[],
  target: readonly Json[],
  { keyOf, ordered }: { keyOf: (entry: Json) => string; ordered: boolean },
): ListDiff {
  const held = new Map<string, Json[]>();
  for (const entry of before) {
    const key = keyOf(entry);
    const same = held.get(key);
    if (same) same.push(entry);
    else held.set(key, [entry]);
  }
  const kept = new Map<string, number>();
  const added: Json[] = [];
  const after = target.map((entry) => {
    const key = keyOf(entry);
    const count = kept.get(key) ?? 0;
    const same = held.get(key)?.[count];
    if (same === undefined) added.push(entry);
    else kept.set(key, count + 1);
    return same === undefined ? entry : same;
  });
  const [staying, removed] = split(before, keyOf, kept);
  const unordered = [...staying, ...added];
  const reordered = ordered && after.some((entry, at) => keyOf(entry) !== keyOf(unordered[at] ?? null));
  return { removed, added, reordered, after };
}

/** The entries that stay, as often as they are kept, and those that are removed. */
function split(before: readonly Json[], keyOf: (entry: Json) => string, kept: ReadonlyMap<string, number>) {
  const left = new Map(kept);
  const staying: Json[] = [];
  const removed: Json[] = [];
  for (const entry of before) {
    const key = keyOf(entry);
    const count = left.get(key) ?? 0;
    if (count > 0) staying.push(entry);
    else removed.push(entry);
    left.set(key, count - 1);
  }
  return [staying, removed] as const;
}
