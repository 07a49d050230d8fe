import type { Json } from "../canonical/json.ts";

/** Dotted identifiers and list indices: `saved.network.subnets.0`. */
export type Path = readonly string[];

export const isIdentifierStart = (char: string | undefined) => char !== undefined && /^[A-Za-z_]$/.test(char);
export const isIdentifierPart = (char: string | undefined) =>
  char !== undefined && /^[A-Za-z0-9_-]$/.test(char);

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const INDEX = /^(0|[1-9][0-9]{0,5})$/;

/** Null when the text is not a path. */
export function parsePath(text: string): Path | null {
  const [first, ...rest] = text.split(".");
  if (first === undefined || !IDENTIFIER.test(first)) return null;
  return rest.every((part) => IDENTIFIER.test(part) || INDEX.test(part)) ? [first, ...rest] : null;
}

/** The value at a path, own members only; undefined when there is none. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let current = value;
  for (const part of path) {
    if (isList(current)) current = INDEX.test(part) ? current[Number(part)] : undefined;
    else if (isMap(current)) current = Object.hasOwn(current, part) ? current[part] : undefined;
    else return undefined;
  }
  return current;
}

// Array.isArray does not narrow readonly arrays out of a union.
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
