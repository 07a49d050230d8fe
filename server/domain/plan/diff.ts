import { canonicalJson, type Json } from "../canonical/json.ts";

export interface PlanDifference {
  /** Dotted path into the plan's content, such as `steps.1.calls.0.path`. */
  path: string;
  before: Json | null;
  after: Json | null;
}

/** Leaves that differ between two plan contents, in document order, at most `limit`. */
export function diffContent(before: Json, after: Json, limit = 100): PlanDifference[] {
  const found: PlanDifference[] = [];
  walk("", before, after);
  return found;

  function walk(path: string, a: Json | undefined, b: Json | undefined): void {
    if (found.length >= limit) return;
    if (isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        walk(path === "" ? key : `${path}.${key}`, member(a, key), member(b, key));
      }
      return;
    }
    if (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b)) return;
    found.push({ path, before: a ?? null, after: b ?? null });
  }
}

type JsonObject = { readonly [key: string]: Json };

// Arrays are walked by index: Object.keys of an array are its indices.
function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null;
}

function member(value: JsonObject, key: string): Json | undefined {
  return value[key];
}
