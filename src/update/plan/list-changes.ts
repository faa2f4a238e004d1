import type { Json } from '../../lib/json/json-value.ts';

/** How one list becomes another. */
export interface ListChanges {
  removed: Json[];
  added: Json[];
  /** Entries that stay change places, or new ones come before them. */
  reordered: boolean;
  /** The target list; entries that were there already stand in it as they were. */
  after: Json[];
}

/**
 * Compares two lists entry by entry; entries with the same key are the same, and count as often as they occur. Takes
 * time linear in both.
 */
export function listChanges(
  before: readonly Json[],
  target: readonly Json[],
  { keyOf, ordered }: { keyOf: (entry: Json) => string; ordered: boolean },
): ListChanges {
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
    const taken = kept.get(key) ?? 0;
    const same = held.get(key)?.[taken];
    if (same === undefined) added.push(entry);
    else kept.set(key, taken + 1);
    return same === undefined ? entry : same;
  });
  const [staying, removed] = parted(before, keyOf, kept);
  const simply = [...staying, ...added];
  const reordered = ordered && after.some((entry, at) => keyOf(entry) !== keyOf(simply[at] ?? null));
  return { removed, added, reordered, after };
}

/** The entries that stay, as often as they are kept, and those that go. */
function parted(before: readonly Json[], keyOf: (entry: Json) => string, kept: ReadonlyMap<string, number>) {
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
