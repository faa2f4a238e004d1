/** The known name closest to a mistyped one. Undefined if none is close. Case and separators do not count. */
export function suggest(typed: string, names: readonly string[]): string | undefined {
  const target = simplify(typed.slice(0, 64));
  const ranked = names
    .map((name) => ({ name, distance: editDistance(target, simplify(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const near = Math.max(target.length >= 5 ? 2 : 1, Math.floor(target.length / 3));
  return best && best.distance <= near ? best.name : undefined;
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), one row at a time. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution, swap));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
