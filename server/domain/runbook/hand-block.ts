import {
  ASSIGNEES,
  EVIDENCE_MAX,
  INSTRUCTIONS_MAX_BYTES,
  type Manual,
  MANUAL_CHECK,
  MANUAL_OUTPUTS,
  MANUAL_RUN,
} from "../hand/schema.ts";
import { readFields, readList, readText, readTextNode, type Fields } from "./fields.ts";
import { contentHash } from "./hash.ts";
import type { RunbookBlock, RunbookStep } from "./runbook.ts";
import { readEffect, readKind, type ShellKind } from "./shell-block.ts";
import {
  type FencedText,
  readExpect,
  readSave,
  readStepId,
  readTemplated,
  readUniqueId,
  type Reading,
} from "./step-parts.ts";
import type { YamlNode } from "./yaml.ts";

const EVIDENCE_NAME = /^[a-z][a-z0-9_]{0,59}$/;
const OWN_NAMES: readonly string[] = MANUAL_OUTPUTS;

/** A block that says that it is done by hand, and names no host, is one of instructions to people. */
export function isHandBlock(node: YamlNode): boolean {
  return node.kind === "map" && node.entries.has("by") && !node.entries.has("on");
}

/**
 * Reads a block of steps that people do: `by: hand`, `kind: check | run`, and steps whose `do` says what to do, `assignee`
 * for whom it is, `differs` whom that has to be another person than, and `evidence` what is asked for.
 */
export function readHandBlock(node: YamlNode, fence: FencedText, reading: Reading): RunbookBlock | null {
  const { report } = reading;
  const shape = { what: "A block by hand", required: ["id", "by", "kind", "steps"], optional: ["title"] };
  const fields = readFields(node, shape, report);
  const id = readUniqueId(fields, reading);
  const title = readTemplated(fields, "title", reading);
  const by = readText(fields, "by", report);
  if (by && by.text !== "hand")
    report(by.at, `"${by.text}" is not known here. A block that people do is by: hand.`);
  const kind = readKind(fields, reading);
  const items = readList(fields, "steps", report);
  if (items.length === 0 && fields.has("steps")) report(fence.at, "A block has at least one step.");
  if (kind === null) return null;
  const before: string[] = [];
  const steps = items.map((item) => {
    const step = readHandStep(item, { kind, earlier: handSteps(reading, before) }, reading);
    before.push(step.id);
    return step;
  });
  return {
    id,
    as: "person",
    title: title?.text ?? id,
    steps,
    hash: contentHash(fence.text),
    position: fence.at,
  };
}

/** Steps of the stage before this one whose result is somebody's word. */
function handSteps({ names }: Reading, before: readonly string[]): readonly string[] {
  const earlier = [...names.steps].flatMap(([id, outputs]) =>
    outputs?.includes("attested_by") === true ? [id] : [],
  );
  return [...new Set([...earlier, ...before])];
}

const OF_EVERY_STEP = ["title", "differs", "evidence", "expect", "save"];
const OF_A_RUN = ["effect", "revert"];

function readHandStep(
  node: YamlNode,
  { kind, earlier }: { kind: ShellKind; earlier: readonly string[] },
  reading: Reading,
): RunbookStep {
  const { report, names } = reading;
  const optional = kind === "run" ? [...OF_EVERY_STEP, ...OF_A_RUN] : OF_EVERY_STEP;
  const fields = readFields(
    node,
    { what: "A step by hand", required: ["id", "do", "assignee"], optional },
    report,
  );
  const id = readStepId(fields, reading);
  const title = readTemplated(fields, "title", reading);
  const revert = readTemplated(fields, "revert", reading);
  const manual: Manual = {
    instructions: readInstructions(fields, reading),
    assignee: readAssignee(fields, reading),
    differs: readDiffers(fields, earlier, reading),
    evidence: readEvidence(fields, reading),
    effect: readEffect(fields, reading),
    revert: revert?.text ?? null,
  };
  const asked = Object.keys(manual.evidence);
  const outputs = [...MANUAL_OUTPUTS, ...asked];
  const expect = readExpect(fields, outputs, reading);
  const save = readSave(fields, outputs, reading);
  if (id !== "") names.steps.set(id, outputs);
  return {
    id,
    operation: kind === "check" ? MANUAL_CHECK : MANUAL_RUN,
    with: manual,
    save,
    // What is asked for has to be there, whatever else is expected of it.
    expect: ["done is true", ...asked.map((name) => `${name} exists`), ...expect],
    title: title?.text ?? id,
    position: node.at,
  };
}

function readInstructions(fields: Fields, reading: Reading): string {
  const placed = readTemplated(fields, "do", reading);
  if (placed === null) return "";
  const { report } = reading;
  if (new TextEncoder().encode(placed.text).length > INSTRUCTIONS_MAX_BYTES) {
    report(placed.at, `The instructions of a step have at most ${INSTRUCTIONS_MAX_BYTES / 1024} KiB.`);
  }
  return placed.text;
}

function readAssignee(fields: Fields, { report }: Reading): Manual["assignee"] {
  const placed = readText(fields, "assignee", report);
  const known = ASSIGNEES.find((one) => one === placed?.text);
  if (placed && known === undefined) {
    report(placed.at, `"${placed.text}" is nobody that a step is for. It is for ${ASSIGNEES.join(", ")}.`);
  }
  return known ?? "operator";
}

function readDiffers(fields: Fields, earlier: readonly string[], { report }: Reading): string[] {
  const known = ["requester", "approver", ...earlier];
  const named = readList(fields, "differs", report).flatMap((item) => {
    const placed = readTextNode(item, "Whom it differs from", report);
    if (placed && !known.includes(placed.text)) {
      report(
        placed.at,
        `"${placed.text}" is no step by hand before this one, and not requester or approver.`,
      );
    }
    return placed ? [placed.text] : [];
  });
  const assignee = fields.get("assignee")?.value;
  if (assignee?.kind === "scalar" && named.some((one) => one === assignee.value)) {
    report(assignee.at, "Nobody could do this: it is for whom it has to differ from.");
  }
  return [...new Set(named)];
}

/** `NAME: { text: what is asked }` or `NAME: { file: what is asked }`. */
function readEvidence(fields: Fields, { report }: Reading): Manual["evidence"] {
  const field = fields.get("evidence");
  if (!field) return {};
  if (field.value.kind !== "map") {
    report(
      field.value.at,
      '"evidence" is written as names, each with what is asked for: NAME: { text: "..." }.',
    );
    return {};
  }
  if (field.value.entries.size > EVIDENCE_MAX)
    report(field.value.at, `A step asks for at most ${EVIDENCE_MAX} pieces.`);
  const evidence: Manual["evidence"] = {};
  for (const [name, { keyAt, value }] of field.value.entries) {
    if (!EVIDENCE_NAME.test(name) || OWN_NAMES.includes(name)) {
      report(
        keyAt,
        `Evidence is named by small letters, digits and underscores, and not ${OWN_NAMES.join(", ")}.`,
      );
    }
    const [entry, second] = value.kind === "map" ? [...value.entries] : [];
    const [kind, asked] = entry ?? [];
    if ((kind !== "text" && kind !== "file") || asked === undefined || second !== undefined) {
      report(value.at, `${name} is asked for as { text: "what" } or as { file: "what" }.`);
      continue;
    }
    const placed = readTextNode(asked.value, name, report);
    if (placed && placed.text.length > 300) report(placed.at, "What is asked for is said in 300 characters.");
    if (placed) evidence[name] = { kind, asks: placed.text };
  }
  return evidence;
}
