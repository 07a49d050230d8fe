/** Deeper than any real parameter, shallower than what ends a recursive reader. */
const DEPTH_LIMIT = 32;

/**
 * What in a parsed JSON value cannot be written canonically or is read differently by different readers, or null:
 * numbers beyond 2^53 or not finite, half of a surrogate pair, a member named `__proto__`, nesting beyond 32.
 */
export function findUnsafe(value: unknown): string | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const problem = problemOf(next.value, next.depth);
    if (problem !== null) return problem;
    if (typeof next.value !== "object" || next.value === null) continue;
    const depth = next.depth + 1;
    for (const [key, member] of Object.entries(next.value)) {
      if (key === "__proto__" || !key.isWellFormed()) return "a member's name";
      open.push({ value: member, depth });
    }
  }
  return null;
}

function problemOf(value: unknown, depth: number): string | null {
  if (depth > DEPTH_LIMIT) return "nesting";
  if (typeof value === "number") return isKeptNumber(value) ? null : "a number";
  if (typeof value === "string") return value.isWellFormed() ? null : "a text";
  return typeof value === "object" || typeof value === "boolean" ? null : "no JSON";
}

const isKeptNumber = (value: number) =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
