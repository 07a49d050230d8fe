import type { Json } from "../canonical/json.ts";
import { RENDERED_MAX_LENGTH } from "./limits.ts";
import { isList, isMap } from "./path.ts";

const LIST_SHOWN = 8;
const TEXT_SHOWN = 120;
const DEPTH_SHOWN = 4;

/** A short one-line rendering of a value for people: JSON with what is long or deep cut and counted. */
export function renderValue(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  const text = render(value, 0);
  return text.length <= RENDERED_MAX_LENGTH ? text : `${cut(text, RENDERED_MAX_LENGTH)}...`;
}

function render(value: Json, depth: number): string {
  if (typeof value === "string") {
    return value.length <= TEXT_SHOWN
      ? JSON.stringify(value)
      : `${JSON.stringify(cut(value, TEXT_SHOWN))}... (${value.length} characters)`;
  }
  if (isList(value)) {
    if (depth >= DEPTH_SHOWN) return `[${value.length} elements]`;
    const shown = value.slice(0, LIST_SHOWN).map((element) => render(element, depth + 1));
    return `[${[...shown, ...more(value.length)].join(", ")}]`;
  }
  if (isMap(value)) {
    const keys = Object.keys(value);
    if (depth >= DEPTH_SHOWN) return `{${keys.length} members}`;
    const shown = keys.slice(0, LIST_SHOWN).map((key) => `${key}: ${render(value[key] ?? null, depth + 1)}`);
    return `{${[...shown, ...more(keys.length)].join(", ")}}`;
  }
  return String(value);
}

function more(length: number): string[] {
  return length > LIST_SHOWN ? [`${length - LIST_SHOWN} more`] : [];
}

/** Cuts before a surrogate pair rather than through it. */
function cut(text: string, length: number): string {
  return text.slice(0, /[\uD800-\uDBFF]/.test(text[length - 1] ?? "") ? length - 1 : length);
}
