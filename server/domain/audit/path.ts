/** On which side of the hash so far a proof's element stands. */
export type Side = "left" | "right";

/**
 * How the audit path of one leaf is folded, RFC 9162 section 2.1.3.2: one side per element, from the leaf to the root.
 * Without any hash, so that a browser folds with its own. Null when a tree of `size` leaves has no leaf `index`
 * (both whole, counted from 0).
 */
export function inclusionSides(index: number, size: number): Side[] | null {
  if (!isCount(index) || !isCount(size) || index >= size) return null;
  const sides: Side[] = [];
  let [at, last] = [index, size - 1];
  while (last > 0) {
    const isRight = at % 2 === 1;
    if (isRight || at < last) sides.push(isRight ? "left" : "right");
    [at, last] = [half(at), half(last)];
  }
  return sides;
}

/** Whole and exactly representable. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

// Shifts would cut at 32 bits.
const half = (value: number) => Math.floor(value / 2);
