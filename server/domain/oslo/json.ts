import { isDict, type OsloDict, type OsloValue, WholeFloat } from "./values.ts";

/** Deeper than any token document; what prints a value goes down it. */
const MAX_JSON_DEPTH = 100;

/**
 * JSON as Python's json module reads it: 1.0 and 1e3 are floats, an integer keeps all of its digits. Throws SyntaxError.
 */
export function parsePythonJson(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined) return value;
    if (/[.eE]/.test(source)) return Number.isInteger(value) ? new WholeFloat(value) : value;
    return Number.isSafeInteger(value) ? value : BigInt(source);
  });
}

/** A mapping that a policy can be asked with; null for anything else, and for what is nested past the limit. */
export function readOsloDict(value: unknown): OsloDict | null {
  return isOsloValue(value, 0) && isDict(value) ? value : null;
}

function isOsloValue(value: unknown, depth: number): value is OsloValue {
  if (value === null || value instanceof WholeFloat) return true;
  if (["boolean", "number", "bigint", "string"].includes(typeof value)) return true;
  if (typeof value !== "object" || depth >= MAX_JSON_DEPTH) return false;
  const items: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return items.every((item) => isOsloValue(item, depth + 1));
}
