import type { Catalogue } from "../operation/definition.ts";
import { readId, readList, readText, readTextNode, type Fields } from "./fields.ts";
import { RETRY_MAX } from "./limits.ts";
import { checkExpectation, checkOutput, checkTemplates, type KnownNames } from "./names.ts";
import { parsePath } from "./path.ts";
import type { Position } from "./runbook.ts";
import { TEMPLATE_ROOTS } from "./template.ts";
import { plainValue, type Report } from "./yaml.ts";

/** What the document has said so far; blocks add to it in reading order. */
export interface Reading {
  catalogue: Catalogue;
  names: KnownNames;
  /** Block and gate ids of the document. */
  ids: Set<string>;
  report: Report;
}

export type FencedText = { text: string; at: Position };

/** The id of a block or gate, unique in the document. */
export function readUniqueId(fields: Fields, { ids, report }: Reading): string {
  const { text, at } = readId(fields, report);
  if (ids.has(text)) report(at, `The id "${text}" is used twice in this document.`);
  if (text !== "") ids.add(text);
  return text;
}

export function readStepId(fields: Fields, { names, report }: Reading): string {
  const { text, at } = readId(fields, report);
  // References of a plan, {{step.output}}, name a step without its block.
  if (names.steps.has(text)) report(at, `The step id "${text}" is used twice in this stage.`);
  // {{saved.x}} must not also be the reference to a step called "saved".
  if (TEMPLATE_ROOTS.some((root) => root === text)) report(at, `A step cannot be called "${text}".`);
  return text;
}

/** A text that may name values, each of which has to be there. */
export function readTemplated(fields: Fields, name: string, { names, report }: Reading) {
  const placed = readText(fields, name, report);
  if (placed) checkTemplates(placed, names, report);
  return placed;
}

export function readExpect(fields: Fields, outputs: readonly string[] | null, reading: Reading): string[] {
  const { report } = reading;
  return readList(fields, "expect", report).flatMap((item) => {
    const placed = readTextNode(item, "An expectation", report);
    if (!placed) return [];
    checkExpectation(placed, outputs, reading);
    return [placed.text];
  });
}

export function readSave(
  fields: Fields,
  outputs: readonly string[] | null,
  { names, report }: Reading,
): Record<string, string> {
  const field = fields.get("save");
  if (!field) return {};
  if (field.value.kind !== "map") {
    report(field.value.at, '"save" is written as names and the values they keep.');
    return {};
  }
  const save: [string, string][] = [];
  for (const [name, { keyAt, value }] of field.value.entries) {
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(name)) {
      report(keyAt, "A saved value is named by a lower-case letter, then letters, digits or underscores.");
    }
    names.saved.add(name);
    const placed = readTextNode(value, `"${name}"`, report);
    if (!placed) continue;
    const path = parsePath(placed.text);
    if (!path) report(placed.at, `"${placed.text}" is no path of a value, such as id or network.id.`);
    else checkOutput(path[0] ?? "", outputs, (says) => report(placed.at, says));
    save.push([name, placed.text]);
  }
  return Object.fromEntries(save);
}

/** `retry`: how often a step is tried again where it is certain that nothing was done; nothing where it is not said. */
export function readRetry(fields: Fields, { report }: Reading): { retry?: number } {
  const field = fields.get("retry");
  if (!field) return {};
  const value = plainValue(field.value);
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= RETRY_MAX) {
    return { retry: value };
  }
  report(field.value.at, `"retry" is a number from 1 to ${RETRY_MAX}: how often the step is tried again.`);
  return {};
}
