/** The known name nearest to a mistyped one, or undefined when none is near. Case and separators do not count. */
export function suggest(typed: string, names: readonly string[]): string | undefined {
  const wanted = simplify(typed.slice(0, 64));
  const ranked = names
    .map((name) => ({ name, distance: editDistance(wanted, simplify(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  // Two letters changing places count as two: the commonest slip of all must not be too far off.
  const near = Math.max(wanted.length >= 5 ? 2 : 1, Math.floor(wanted.length / 3));
  return best && best.distance <= near ? best.name : undefined;
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
