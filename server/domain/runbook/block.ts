import { IDENTITIES, type Identity } from "../plan/states.ts";
import { readFields, readList, readText, type Fields } from "./fields.ts";
import { contentHash, normalize } from "./hash.ts";
import { checkTemplatesIn } from "./names.ts";
import { checkParameters } from "./parameters.ts";
import { isHandBlock, readHandBlock } from "./hand-block.ts";
import { isMap } from "./path.ts";
import type { RunbookBlock, RunbookStep } from "./runbook.ts";
import { isShellBlock, readShellBlock } from "./shell-block.ts";
import {
  type FencedText,
  readExpect,
  readRetry,
  readSave,
  readStepId,
  readTemplated,
  readUniqueId,
  type Reading,
} from "./step-parts.ts";
import { readYaml } from "./read-yaml.ts";
import { plainValue, type Report, type YamlNode } from "./yaml.ts";

/** Reads a `yaml block` fence. Null when it is not even YAML; otherwise what could be read, with everything reported. */
export function readBlock(fence: FencedText, reading: Reading): RunbookBlock | null {
  const { report } = reading;
  // The hashed bytes are the bytes that are read: equal hashes cannot mean two things.
  const text = normalize(fence.text);
  const node = readYaml(text, fence.at.line + 1, report);
  if (!node) return null;
  if (isShellBlock(node)) return readShellBlock(node, { text, at: fence.at }, reading);
  if (isHandBlock(node)) return readHandBlock(node, { text, at: fence.at }, reading);
  const shape = { what: "A block", required: ["id", "as", "steps"], optional: ["title"] };
  const fields = readFields(node, shape, report);
  const id = readUniqueId(fields, reading);
  const title = readTemplated(fields, "title", reading);
  const as = readIdentity(fields, report);
  const items = readList(fields, "steps", report);
  if (items.length === 0 && fields.has("steps")) report(fence.at, "A block has at least one step.");
  const steps = items.map((item) => readStep(item, reading));
  if (as === null) return null;
  return { id, as, title: title?.text ?? id, steps, hash: contentHash(text), position: fence.at };
}

const OF_CLOUD = IDENTITIES.filter((name) => name !== "host-account" && name !== "person");

function readIdentity(fields: Fields, report: Report): Identity | null {
  const placed = readText(fields, "as", report);
  const identity = OF_CLOUD.find((name) => name === placed?.text);
  if (placed && !identity) {
    report(placed.at, `"${placed.text}" is no identity. A block runs as ${OF_CLOUD.join(", ")}.`);
  }
  return identity ?? null;
}

function readStep(node: YamlNode, reading: Reading): RunbookStep {
  const { report, names } = reading;
  const shape = {
    what: "A step",
    required: ["id", "op"],
    optional: ["title", "with", "save", "expect", "retry"],
  };
  const fields = readFields(node, shape, report);
  const id = readStepId(fields, reading);
  const operation = readText(fields, "op", report);
  const definition = operation ? reading.catalogue.get(operation.text) : undefined;
  if (operation && !definition) {
    report(operation.at, `The catalogue has no operation "${operation.text}".`);
  }
  const title = readTemplated(fields, "title", reading);
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
    ...readRetry(fields, reading),
    title: title?.text ?? definition?.title ?? id,
    position: node.at,
  };
}
