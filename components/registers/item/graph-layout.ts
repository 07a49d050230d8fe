export interface Edge {
  /** Waits for `to`. */
  from: string;
  to: string;
}

/**
 * Columns by how long the chain of waiting before a node is, rows in the order in which they come. Of a circle, every
 * member stands where the walk first came to it.
 */
export function layOut(nodes: readonly string[], edges: readonly Edge[]) {
  const waitsFor = Map.groupBy(edges, ({ from }) => from);
  const depths = new Map<string, number>();
  const walk = (id: string, path: ReadonlySet<string>): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const next = (waitsFor.get(id) ?? []).filter(({ to }) => !path.has(to) && to !== id);
    const depth = Math.max(0, ...next.map(({ to }) => 1 + walk(to, new Set([...path, id]))));
    depths.set(id, depth);
    return depth;
  };
  for (const id of nodes) walk(id, new Set());
  const used = new Map<number, number>();
  const places = new Map(
    nodes.map((id) => {
      const column = depths.get(id) ?? 0;
      const row = used.get(column) ?? 0;
      used.set(column, row + 1);
      return [id, { column, row }];
    }),
  );
  return {
    places,
    columns: Math.max(1, ...[...used.keys()].map((column) => column + 1)),
    rows: Math.max(1, ...used.values()),
  };
}
