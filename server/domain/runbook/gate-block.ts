import { readFields, readList, readText } from "./fields.ts";
import { contentHash, normalize } from "./hash.ts";
import { checkGateExpression, checkTemplates } from "./names.ts";
import type { RunbookGate } from "./runbook.ts";
import { type FencedText, readUniqueId, type Reading } from "./step-parts.ts";
import { readYaml } from "./read-yaml.ts";
import type { YamlNode } from "./yaml.ts";

/** Reads a `yaml gate` fence. Null when it is not even YAML; otherwise what could be read, with everything reported. */
export function readGate(fence: FencedText, reading: Reading): RunbookGate | null {
  const { report } = reading;
  const text = normalize(fence.text);
  const node = readYaml(text, fence.at.line + 1, report);
  if (!node) return null;
  const fields = readFields(node, { what: "A gate", required: ["id", "assert"], optional: [] }, report);
  const id = readUniqueId(fields, reading);
  const items = readList(fields, "assert", report);
  if (items.length === 0 && fields.has("assert")) report(fence.at, "A gate has at least one assertion.");
  const assertions = items.map((item) => readAssertion(item, reading));
  return { id, assertions, hash: contentHash(text), position: fence.at };
}

function readAssertion(node: YamlNode, { names, report }: Reading): RunbookGate["assertions"][number] {
  const shape = { what: "An assertion", required: ["that", "says", "advice"], optional: [] };
  const fields = readFields(node, shape, report);
  const that = readText(fields, "that", report);
  const says = readText(fields, "says", report);
  const advice = readText(fields, "advice", report);
  if (that) checkGateExpression(that, names, report);
  if (says) checkTemplates(says, names, report);
  if (advice) checkTemplates(advice, names, report);
  return { that: that?.text ?? "", says: says?.text ?? "", advice: advice?.text ?? "" };
}
