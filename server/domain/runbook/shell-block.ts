import { parameterSchema } from "../check/parameters.ts";
import { SCRIPT_MAX_BYTES } from "../check/block.ts";
import { SECRET_NAMES } from "../secret/names.ts";
import {
  HOST_CHECK,
  HOST_RUN,
  SHELL_OUTPUTS,
  SHELL_SECONDS_DEFAULT,
  takeSchema,
  writtenShellSchema,
  type WrittenShell,
} from "../shell/schema.ts";
import { readFields, readList, readText, readTextNode, type Fields } from "./fields.ts";
import { contentHash } from "./hash.ts";
import { checkTemplates } from "./names.ts";
import { parseExpression } from "./expression.ts";
import type { RunbookBlock, RunbookStep } from "./runbook.ts";
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
import { findSpans } from "./template.ts";
import { plainValue, type YamlNode } from "./yaml.ts";

/** Whether a block says that it only reads. */
export type ShellKind = NonNullable<RunbookBlock["on"]>["kind"];

/** As documents call a host: what `findHost` compares its names with. */
const HOST = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,59}$/;
const ACCOUNT = /^[a-z_][a-z0-9_-]{0,31}$/;
const TAKE_NAME = /^[a-z][a-z0-9_]{0,59}$/;
/** What every such value is named, and what would hide another. */
const OWN_NAMES: readonly string[] = SHELL_OUTPUTS;
/** A word that would be taken for a value of the plan, were a script ever filled in. */
const REFERENCE = /^(?:secret:)?[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/;

/** A block that says where it runs is one of shell text. */
export function isShellBlock(node: YamlNode): boolean {
  return node.kind === "map" && node.entries.has("on");
}

/**
 * Reads a block of shell text: `on` (the host), `as` (the account there), `kind: check | run`, `by: hand` where a person
 * runs it and pastes what it printed, and steps whose `run` is given to bash as it stands. Nothing is ever filled into that text: values come by environment, each of a type.
 */
export function readShellBlock(node: YamlNode, fence: FencedText, reading: Reading): RunbookBlock | null {
  const { report } = reading;
  const shape = {
    what: "A block on a host",
    required: ["id", "on", "as", "kind", "steps"],
    optional: ["title", "by"],
  };
  const fields = readFields(node, shape, report);
  const id = readUniqueId(fields, reading);
  const title = readTemplated(fields, "title", reading);
  const by = readText(fields, "by", report);
  if (by && by.text !== "hand") {
    report(by.at, `"${by.text}" is not known here. A block that a person runs and pastes is by: hand.`);
  }
  const host = readText(fields, "on", report);
  if (host && !HOST.test(host.text))
    report(host.at, "A host is named by letters, digits, blanks and . _ / -");
  const account = readText(fields, "as", report);
  if (account && !ACCOUNT.test(account.text)) {
    report(account.at, `"${account.text}" is no account. A block on a host runs as a Unix account of it.`);
  }
  const kind = readKind(fields, reading);
  const items = readList(fields, "steps", report);
  if (items.length === 0 && fields.has("steps")) report(fence.at, "A block has at least one step.");
  if (kind === null || host === null || account === null) return null;
  const steps = items.map((item) => readShellStep(item, kind, reading));
  const again = by === null ? undefined : steps.find(({ retry }) => retry !== undefined);
  if (again) report(again.position, 'What a person runs is not tried again by itself: leave out "retry".');
  return {
    id,
    as: "host-account",
    on: { host: host.text.trim(), account: account.text, kind, ...(by === null ? {} : { byHand: true }) },
    title: title?.text ?? id,
    steps,
    hash: contentHash(fence.text),
    position: fence.at,
  };
}

export function readKind(fields: Fields, { report }: Reading): ShellKind | null {
  const placed = readText(fields, "kind", report);
  if (placed === null) return null;
  const kind = placed.text.toLowerCase();
  if (kind === "check" || kind === "run") return kind;
  report(placed.at, `"${placed.text}" is no kind. A block on a host is a check, which only reads, or a run.`);
  return null;
}

const OF_EVERY_STEP = ["title", "env", "secrets", "take", "expect", "save", "seconds", "retry"];
const OF_A_RUN = ["effect", "revert"];

function readShellStep(node: YamlNode, kind: ShellKind, reading: Reading): RunbookStep {
  const { report, names } = reading;
  const optional = kind === "run" ? [...OF_EVERY_STEP, ...OF_A_RUN] : OF_EVERY_STEP;
  const shape = { what: `A step of a ${kind} block`, required: ["id", "run"], optional };
  const fields = readFields(node, shape, report);
  const id = readStepId(fields, reading);
  const title = readTemplated(fields, "title", reading);
  const revert = readTemplated(fields, "revert", reading);
  const written: WrittenShell = {
    script: readScript(fields, reading),
    environment: readEnvironment(fields, reading),
    secrets: readSecrets(fields, reading),
    take: readTakes(fields, reading),
    timeSeconds: readSeconds(fields, reading),
    effect: readEffect(fields, reading),
    revert: revert?.text ?? null,
  };
  const outputs = [...SHELL_OUTPUTS, ...Object.keys(written.take)];
  const expect = readExpect(fields, outputs, reading);
  const save = readSave(fields, outputs, reading);
  if (id !== "") names.steps.set(id, outputs);
  return {
    id,
    operation: kind === "check" ? HOST_CHECK : HOST_RUN,
    with: written,
    save,
    // Who expects nothing of how it ends expects that it ends well.
    expect: expect.some(isOfExit) ? expect : ["exit is 0", ...expect],
    ...readRetry(fields, reading),
    title: title?.text ?? id,
    position: node.at,
  };
}

function isOfExit(text: string): boolean {
  const parsed = parseExpression(text);
  return parsed.kind === "ok" && parsed.expression.path[0] === "exit";
}

function readScript(fields: Fields, { report }: Reading): string {
  const placed = readText(fields, "run", report);
  const node = fields.get("run")?.value;
  if (placed === null || node?.kind !== "scalar") return "";
  const { text, at } = placed;
  if (node.isFolded) report(node.at, 'Begin the text with "run: |": with ">" its lines would be joined.');
  if (new TextEncoder().encode(text).length > SCRIPT_MAX_BYTES) {
    report(at, `The text of a step has at most ${SCRIPT_MAX_BYTES / 1024} KiB.`);
  }
  for (const { start, inner } of findSpans(text)) {
    if (!REFERENCE.test(inner)) continue;
    const before = text.slice(0, start).split("\n");
    const onLine = before.length === 1 ? at.column + start : (before.at(-1)?.length ?? 0) + 1;
    report(
      { line: at.line + before.length - 1, column: onLine },
      `"{{ ${inner} }}" is not filled into the text of a step. Give the value by "env" and read it as a variable.`,
    );
  }
  return text;
}

/** `NAME: { type: value }`: the type says what the value may be made of. */
function readEnvironment(fields: Fields, { names, report }: Reading): WrittenShell["environment"] {
  const field = fields.get("env");
  if (!field) return {};
  if (field.value.kind !== "map") {
    report(field.value.at, '"env" is written as names, each with a type and a value: NAME: { word: value }.');
    return {};
  }
  const environment: WrittenShell["environment"] = {};
  for (const [name, { keyAt, value }] of field.value.entries) {
    if (!parameterSchema.shape.name.safeParse(name).success) {
      report(keyAt, "A name is BLOCK_ or OS_ and capitals.");
    }
    const [entry, second] = value.kind === "map" ? [...value.entries] : [];
    const type = parameterSchema.shape.type.safeParse(entry?.[0]);
    if (entry === undefined || second !== undefined || !type.success) {
      report(
        value.at,
        `${name} needs one type and its value, such as { word: "{{ tenant.slug }}" }. Types are ${parameterSchema.shape.type.options.join(", ")}.`,
      );
      continue;
    }
    const given = entry[1].value;
    const plain = given.kind === "scalar" && typeof given.value === "number" ? String(given.value) : null;
    const placed = plain === null ? readTextNode(given, name, report) : { text: plain, at: given.at };
    if (placed === null) continue;
    checkTemplates(placed, names, report);
    environment[name] = { type: type.data, value: placed.text };
  }
  return environment;
}

function readSecrets(fields: Fields, { report }: Reading): WrittenShell["secrets"] {
  const known = readList(fields, "secrets", report).flatMap((item) => {
    const placed = readTextNode(item, "A secret", report);
    const name = SECRET_NAMES.find((one) => one === placed?.text);
    if (placed && name === undefined) {
      report(placed.at, `"${placed.text}" is no sealed value. There are ${SECRET_NAMES.join(", ")}.`);
    }
    return name === undefined ? [] : [name];
  });
  return [...new Set(known)];
}

function readTakes(fields: Fields, { report }: Reading): WrittenShell["take"] {
  const field = fields.get("take");
  if (!field) return {};
  if (field.value.kind !== "map") {
    report(field.value.at, '"take" is written as names and where each stands in the output.');
    return {};
  }
  const takes: WrittenShell["take"] = {};
  for (const [name, { keyAt, value }] of field.value.entries) {
    if (!TAKE_NAME.test(name) || OWN_NAMES.includes(name)) {
      report(
        keyAt,
        `A value is named by small letters, digits and underscores, and not ${OWN_NAMES.join(", ")}.`,
      );
    }
    const take = takeSchema.safeParse(plainValue(value));
    if (take.success) takes[name] = take.data;
    else
      report(
        value.at,
        `${name} is taken by { matches: pattern }, { found: pattern } or { json: path }, with a pattern or path that can be read.`,
      );
  }
  return takes;
}

function readSeconds(fields: Fields, { report }: Reading): number {
  const field = fields.get("seconds");
  if (!field) return SHELL_SECONDS_DEFAULT;
  const seconds = writtenShellSchema.shape.timeSeconds.safeParse(plainValue(field.value));
  if (!seconds.success) report(field.value.at, "A step takes 1 to 3600 seconds.");
  return seconds.data ?? SHELL_SECONDS_DEFAULT;
}

export function readEffect(fields: Fields, { report }: Reading): WrittenShell["effect"] {
  const placed = readText(fields, "effect", report);
  if (placed === null || placed.text === "destroy") return "destroy";
  if (placed.text === "mutate") return "mutate";
  report(
    placed.at,
    `"${placed.text}" is no effect of a run. It is mutate or destroy; without it, it counts as destroy.`,
  );
  return "destroy";
}
