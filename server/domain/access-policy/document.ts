import * as z from "zod";
import { createHash } from "node:crypto";
import { parseDocument } from "yaml";
import { jsonSchema } from "../plan/schema.ts";
import { readInventory } from "../actor/inventory.ts";
import type { RegisteredActor } from "../actor/actor.ts";
import { pathOf } from "../actor/snapshot.ts";
import { compileRules, type RuleSet, rulesSchema } from "./rules.ts";
import { type DocumentFault, DocumentFaults } from "./document-fault.ts";
import { type WrittenCase, caseSchema } from "./case.ts";

/** A policy package: one Markdown document with its rules, its tests and its fixtures. */
export interface PolicyPackage {
  front: z.output<typeof frontSchema>;
  /** Version of the front matter and the beginning of the text's digest: another text is another version. */
  version: string;
  rules: RuleSet;
  /** Actors that its fixtures are about; null where they are about the registry in force. */
  inventory: readonly RegisteredActor[] | null;
  cases: readonly WrittenCase[];
}

export type ReadPackage =
  { kind: "read"; package: PolicyPackage } | { kind: "refused"; faults: readonly DocumentFault[] };

export const PACKAGE_MAX_CHARACTERS = 1024 * 1024;
const DEPTH_MAX = 64;

const frontSchema = z.strictObject({
  id: z.string().min(1).max(200),
  name: z.string().min(1).max(200),
  namespace: z.string().max(200).exactOptional(),
  version: z
    .string()
    .regex(/^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$/, "A version is three numbers, such as 1.0.0."),
  status: z.string().max(80).exactOptional(),
  package: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]{0,119}$/, "A package is named by small letters, digits and . _ -"),
  actions: z.array(z.string().min(1).max(200)).min(1).max(50),
  owner: z.string().max(200).exactOptional(),
  fixtures: z.array(z.string().max(200)).exactOptional(),
  caring: z.record(z.string(), jsonSchema).exactOptional(),
  activation: z.record(z.string(), jsonSchema).exactOptional(),
  metadata: z.record(z.string(), jsonSchema).exactOptional(),
});

/**
 * Reads a package. `yaml rules` blocks hold the rules, in the order of the document; `yaml fixture` and `yaml test` blocks
 * what they have to answer; a `yaml inventory` block the actors that those are about. Prose is prose.
 */
export function readPackage(text: string): ReadPackage {
  const faults = new DocumentFaults();
  const read = readParts(text, faults);
  if (read === null || faults.list.length > 0) return { kind: "refused", faults: faults.list };
  return { kind: "read", package: read };
}

function readParts(text: string, faults: DocumentFaults): PolicyPackage | null {
  if (text.length > PACKAGE_MAX_CHARACTERS) {
    faults.add("", "The package is longer than 1 MiB and was not read.");
    return null;
  }
  const head = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text);
  if (head === null) {
    faults.add("", "A package begins with front matter between two lines of ---.");
    return null;
  }
  const front = parse(
    frontSchema,
    { value: readYaml(head[1] ?? "", "front matter", faults), at: "" },
    faults,
  );
  const blocks = readBlocks(text.slice(head[0].length), faults);
  const written = blocks.flatMap((block) => {
    if (block.kind !== "rules") return [];
    return parse(rulesSchema, { value: readYaml(block.text, "rules", faults), at: "rules" }, faults) ?? [];
  });
  if (!blocks.some(({ kind }) => kind === "rules"))
    faults.add("rules", "The package has no yaml rules block.");
  const cases = readCases(blocks, faults);
  const inventory = readActors(blocks, faults);
  const rules = compileRules(written, faults);
  if (front === null || faults.list.length > 0) return null;
  for (const id of front.fixtures ?? []) {
    if (!cases.some((one) => "id" in one && one.id === id))
      faults.add("fixtures", `${id} is named in the front matter and stands nowhere.`);
  }
  return { front, version: versionOf(front.version, text), rules, inventory, cases };
}

/** Semantic versions may carry what they were built from behind a + (semver.org, 10). */
function versionOf(version: string, text: string): string {
  return `${version}+sha256.${createHash("sha256").update(text, "utf8").digest("hex").slice(0, 12)}`;
}

const KINDS = ["rules", "fixture", "test", "inventory"] as const;
type Block = { kind: (typeof KINDS)[number]; text: string };

/** Fenced blocks with one of our words; an unknown word behind `yaml` is a slip of the pen, not prose. */
function readBlocks(body: string, faults: DocumentFaults): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; kind: Block["kind"] | null; lines: string[] } | null = null;
  for (const line of body.split(/\r?\n/)) {
    if (open !== null) {
      if (line.trimEnd() !== open.fence) open.lines.push(line);
      else {
        if (open.kind !== null) blocks.push({ kind: open.kind, text: open.lines.join("\n") });
        open = null;
      }
      continue;
    }
    const match = /^(`{3,})\s*([a-z]*)\s*([A-Za-z_-]*)\s*$/.exec(line);
    if (match === null) continue;
    const [, fence = "", language = "", word = ""] = match;
    const kind = KINDS.find((one) => one === word) ?? null;
    if (language === "yaml" && word !== "" && kind === null)
      faults.add("", `A block of "${word.slice(0, 40)}" is unknown: rules, fixture, test or inventory.`);
    open = { fence, kind: language === "yaml" ? kind : null, lines: [] };
  }
  if (open !== null) faults.add("", "The last fenced block has no end.");
  return blocks;
}

function readCases(blocks: readonly Block[], faults: DocumentFaults): WrittenCase[] {
  const cases = blocks.flatMap(({ kind, text }, index) => {
    if (kind !== "fixture" && kind !== "test") return [];
    const value = readYaml(text, kind, faults);
    const many: unknown[] = Array.isArray(value) ? value : [value];
    return many.flatMap(
      (one) => parse(caseSchema, { value: one, at: `${kind} of block ${index + 1}` }, faults) ?? [],
    );
  });
  const seen = new Set<string>();
  for (const one of cases) {
    const name = "id" in one ? one.id : one.test;
    if (seen.has(name)) faults.add(name, `${name} stands here twice.`);
    seen.add(name);
    if ("from" in one && !cases.some((other) => "id" in other && other.id === one.from))
      faults.add(`${one.test}.from`, `There is no fixture ${one.from}.`);
  }
  return cases;
}

function readActors(blocks: readonly Block[], faults: DocumentFaults): readonly RegisteredActor[] | null {
  const [inventory, another] = blocks.filter(({ kind }) => kind === "inventory");
  if (another !== undefined) faults.add("inventory", "A package has one yaml inventory block at most.");
  if (inventory === undefined) return null;
  const read = readInventory(inventory.text);
  if (read.kind === "read") return read.actors;
  for (const { path, says } of read.faults) faults.add(`inventory.${path}`, says);
  return null;
}

function readYaml(text: string, what: string, faults: DocumentFaults): unknown {
  try {
    const document = parseDocument(text, { prettyErrors: true, logLevel: "error", uniqueKeys: true });
    const [first] = document.errors;
    if (first === undefined) {
      const value: unknown = document.toJS({ maxAliasCount: 0 });
      if (depthOf(value) <= DEPTH_MAX) return value;
      faults.add(what, `It is nested deeper than ${DEPTH_MAX} levels.`);
      return undefined;
    }
    faults.add(what, `This is not YAML: ${(first.message.split("\n")[0] ?? "").slice(0, 200)}`);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof ReferenceError)) throw error;
    faults.add(what, "It is nested too deeply, or uses aliases.");
  }
  return undefined;
}

function depthOf(value: unknown, depth = 1): number {
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null) return depth;
  return Math.max(depth, ...Object.values(value).map((member) => depthOf(member, depth + 1)));
}

function parse<S extends z.ZodType>(
  schema: S,
  { value, at }: { value: unknown; at: string },
  faults: DocumentFaults,
): z.output<S> | null {
  if (value === undefined) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const keys = issue.code === "unrecognized_keys" ? [issue.keys.join(", ")] : [];
    faults.add([at, pathOf(issue.path), ...keys].filter((part) => part !== "").join("."), issue.message);
  }
  return null;
}
