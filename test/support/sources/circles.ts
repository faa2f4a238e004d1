/** One shortest circle through each file that lies on one, as `a → b → a`; every circle once. */
export function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  for (const start of graph.keys()) {
    const circle = shortestWayBack(graph, start);
    if (circle) found.add(fromSmallest(circle).join(' → '));
  }
  return [...found];
}

/** Breadth first from a file back to itself. */
function shortestWayBack(graph: ReadonlyMap<string, readonly string[]>, start: string): string[] | undefined {
  const queue = [[start]];
  const seen = new Set<string>();
  for (const trail of queue) {
    for (const next of graph.get(trail.at(-1) ?? '') ?? []) {
      if (next === start) return trail;
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...trail, next]);
    }
  }
  return undefined;
}

/** The same circle, whichever of its files it was found from. */
function fromSmallest(circle: readonly string[]): string[] {
  const at = circle.indexOf([...circle].sort()[0] ?? '');
  const turned = [...circle.slice(at), ...circle.slice(0, at)];
  return [...turned, turned[0] ?? ''];
}
