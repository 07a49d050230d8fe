export type DiffLine = { kind: "same" | "added" | "removed"; text: string; before?: number; after?: number };

// The table is quadratic; beyond this the middle is shown as removed and added whole.
const MAX_CELLS = 4_000_000;

/** lengths[i][j]: longest common subsequence of before[i..] and after[j..]. */
function lengthsOf(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    const below = rows[i + 1];
    if (row === undefined || below === undefined) continue;
    for (let j = after.length - 1; j >= 0; j -= 1) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}

function middle(before: readonly string[], after: readonly string[]): DiffLine["kind"][] {
  const small = before.length * after.length <= MAX_CELLS;
  const lengths = small ? lengthsOf(before, after) : [];
  const kinds: DiffLine["kind"][] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (small && i < before.length && j < after.length && before[i] === after[j]) {
      kinds.push("same");
      i += 1;
      j += 1;
    } else if (
      i < before.length &&
      (j >= after.length || !small || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))
    ) {
      kinds.push("removed");
      i += 1;
    } else {
      kinds.push("added");
      j += 1;
    }
  }
  return kinds;
}

/** The shortest line difference; line numbers count from 1. Removed lines stand before the added ones. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1;
  const kinds: DiffLine["kind"][] = [
    ...Array.from({ length: head }, () => "same" as const),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...Array.from({ length: tail }, () => "same" as const),
  ];
  let i = 0;
  let j = 0;
  return kinds.map((kind) => {
    const text = (kind === "added" ? after[j] : before[i]) ?? "";
    if (kind !== "added") i += 1;
    if (kind !== "removed") j += 1;
    return {
      kind,
      text,
      ...(kind === "added" ? {} : { before: i }),
      ...(kind === "removed" ? {} : { after: j }),
    };
  });
}
