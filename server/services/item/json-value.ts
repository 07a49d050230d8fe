import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";

/** A value of a column as JSON: dates as ISO text, members without a value left out. */
export function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object") {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name, toJson(member)]));
  }
  throw new TypeError(`A ${typeof value} is no value of a column.`);
}

/** Whether two values say the same, in whatever order their members stand. */
export const sameJson = (one: Json, other: Json): boolean => canonicalJson(one) === canonicalJson(other);
