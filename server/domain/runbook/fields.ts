import type { Position } from "./runbook.ts";
import type { Report, YamlNode } from "./yaml.ts";

export type Field = { keyAt: Position; value: YamlNode };
export type Fields = ReadonlyMap<string, Field>;

/** A text with the place of its first character. */
export type PlacedText = { text: string; at: Position };

interface Shape {
  /** How the mapping is called in a sentence: "A step". */
  what: string;
  required: readonly string[];
  optional: readonly string[];
}

const NOTHING: Fields = new Map();

/** The members of a mapping; unknown and missing keys are reported. Empty when it is no mapping. */
export function readFields(node: YamlNode, shape: Shape, report: Report): Fields {
  if (node.kind !== "map") {
    report(node.at, `${shape.what} is written as keys and values.`);
    return NOTHING;
  }
  const known = [...shape.required, ...shape.optional];
  for (const [key, { keyAt }] of node.entries) {
    if (!known.includes(key)) {
      report(keyAt, `${shape.what} has no key "${key}". It has ${known.join(", ")}.`);
    }
  }
  for (const key of shape.required) {
    if (!node.entries.has(key)) report(node.at, `${shape.what} needs the key "${key}".`);
  }
  return node.entries;
}

/** A non-empty text, or null after a report; silently null when the key is missing. */
export function readText(fields: Fields, key: string, report: Report): PlacedText | null {
  const field = fields.get(key);
  if (!field) return null;
  return readTextNode(field.value, `"${key}"`, report);
}

export function readTextNode(node: YamlNode, what: string, report: Report): PlacedText | null {
  if (node.kind === "scalar" && typeof node.value === "string" && node.value.trim() !== "") {
    return { text: node.value, at: node.textAt };
  }
  report(node.at, `${what} is a text. Put it in quotes if it looks like something else.`);
  return null;
}

/** The items of a list; empty after a report or when the key is missing. */
export function readList(fields: Fields, key: string, report: Report): readonly YamlNode[] {
  const field = fields.get(key);
  if (!field) return [];
  if (field.value.kind === "list") return field.value.items;
  report(field.value.at, `"${key}" is a list.`);
  return [];
}

const ID = /^[a-z][a-z0-9_-]{0,59}$/;

/** An id that may stand in plans, URLs and references; empty text after a report. */
export function readId(fields: Fields, report: Report): PlacedText {
  const placed = readText(fields, "id", report);
  if (placed && !ID.test(placed.text)) {
    report(placed.at, "An id is a lower-case letter, then up to 59 letters, digits, hyphens or underscores.");
  }
  return placed ?? { text: "", at: { line: 0, column: 0 } };
}
