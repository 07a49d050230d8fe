/** One row of the printed table. Times in milliseconds. */
export interface Figure {
  name: string;
  measured: number;
  bound: number;
  unit: "ms" | "%" | "MiB";
  note: string;
}

/** The value below which `share` of the samples lie (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** A table with the ratio of what was measured to its bound; below 1 the bound is kept. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, measured, bound, unit, note }) => [
    name,
    `${measured.toFixed(unit === "%" ? 1 : 0)} ${unit}`,
    `${bound} ${unit}`,
    (measured / bound).toFixed(2),
    note,
  ]);
  const all = [["figure", "measured", "bound", "ratio", ""], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  "),
    )
    .join("\n");
}
