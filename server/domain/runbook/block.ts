import type { Catalogue } from "../operation/definition.ts";
import { IDENTITIES, type Identity } from "../plan/states.ts";
import { readFields, readId, readList, readText, readTextNode, type Fields } from "./fields.ts";
import { contentHash, normalize } from "./hash.ts";
import { checkExpectation, checkOutput, checkTemplates, checkTemplatesIn, type KnownNames } from "./names.ts";
import { checkParameters } from "./parameters.ts";
import { isMap, parsePath } from "./path.ts";
import type { Position, RunbookBlock, RunbookStep } from "./runbook.ts";
import { TEMPLATE_ROOTS } from "./template.ts";
import { plainValue, readYaml, type Report, type YamlNode } from "./yaml.ts";

/** What the document has said so far; blocks add to it in reading order. */
export interface Reading {
  catalogue: Catalogue;
  names: KnownNames;
  /** Block and gate ids of the document. */
  ids: Set<string>;
  report: Report;
}

export type FencedText = { text: string; at: Position };

/** Reads a `yaml block` fence. Null when it is not even YAML; otherwise what could be read, with everything reported. */
export function readBlock(fence: FencedText, reading: Reading): RunbookBlock | null {
  const { report } = reading;
  // The hashed bytes are the bytes that are read: equal hashes cannot mean two things.
  const text = normalize(fence.text);
  const node = readYaml(text, fence.at.line + 1, report);
  if (!node) return null;
  const shape = { what: "A block", required: ["id", "as", "steps"], optional: ["title"] };
  const fields = readFields(node, shape, report);
  const id = readUniqueId(fields, reading);
  const title = readText(fields, "title", report);
  if (title) checkTemplates(title, reading.names, report);
  const as = readIdentity(fields, report);
  const items = readList(fields, "steps", report);
  if (items.length === 0 && fields.has("steps")) report(fence.at, "A block has at least one step.");
  const steps = items.map((item) => readStep(item, reading));
  if (as === null) return null;
  return { id, as, title: title?.text ?? id, steps, hash: contentHash(text), position: fence.at };
}

/** The id of a block or gate, unique in the document. */
export function readUniqueId(fields: Fields, { ids, report }: Reading): string {
  const { text, at } = readId(fields, report);
  if (ids.has(text)) report(at, `The id "${text}" is used twice in this document.`);
  if (text !== "") ids.add(text);
  return text;
}

function readIdentity(fields: Fields, report: Report): Identity | null {
  const placed = readText(fields, "as", report);
  const identity = IDENTITIES.find((name) => name === placed?.text);
  if (placed && !identity) {
    report(placed.at, `"${placed.text}" is no identity. A block runs as ${IDENTITIES.join(", ")}.`);
  }
  return identity ?? null;
}

function readStep(node: YamlNode, reading: Reading): RunbookStep {
  const { report, names } = reading;
  const shape = { what: "A step", required: ["id", "op"], optional: ["title", "with", "save", "expect"] };
  const fields = readFields(node, shape, report);
  const id = readStepId(fields, reading);
  const operation = readText(fields, "op", report);
  const definition = operation ? reading.catalogue.get(operation.text) : undefined;
  if (operation && !definition) {
    report(operation.at, `The catalogue has no operation "${operation.text}".`);
  }
  const title = readText(fields, "title", report);
  if (title) checkTemplates(title, names, report);
  const parameters = fields.get("with")?.value ?? { kind: "map", at: node.at, entries: new Map() };
  checkTemplatesIn(parameters, names, report);
  if (parameters.kind !== "map") report(parameters.at, '"with" is written as keys and values.');
  else if (definition) checkParameters(definition, parameters, report);
  const outputs = definition?.outputs ?? null;
  const expect = readExpect(fields, outputs, reading);
  // Only now: a step cannot use what it saves itself.
  const save = readSave(fields, outputs, reading);
  if (id !== "") names.steps.set(id, outputs);
  const plain = plainValue(parameters);
  return {
    id,
    operation: operation?.text ?? "",
    with: isMap(plain) ? plain : {},
    save,
    expect,
    title: title?.text ?? definition?.title ?? id,
    position: node.at,
  };
}

function readStepId(fields: Fields, { names, report }: Reading): string {
  const { text, at } = readId(fields, report);
  // References of a plan, {{step.output}}, name a step without its block.
  if (names.steps.has(text)) report(at, `The step id "${text}" is used twice in this stage.`);
  // {{saved.x}} must not also be the reference to a step called "saved".
  if (TEMPLATE_ROOTS.some((root) => root === text)) report(at, `A step cannot be called "${text}".`);
  return text;
}

function readExpect(fields: Fields, outputs: readonly string[] | null, reading: Reading): string[] {
  const { report } = reading;
  return readList(fields, "expect", report).flatMap((item) => {
    const placed = readTextNode(item, "An expectation", report);
    if (!placed) return [];
    checkExpectation(placed, outputs, reading);
    return [placed.text];
  });
}

function readSave(
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
