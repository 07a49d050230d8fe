import * as z from "zod";
import type { Runbook, RunbookStage } from "./runbook.ts";

/**
 * Who wrote what of a version: kept with it when it is published. A part is `block <id>`, `gate <id>`, `order <stage>`
 * (which blocks and gates the stage has, and in what order) or `inputs`.
 */
const partSchema = z.strictObject({
  /** People whose edits made these bytes what they are; the last to edit stands last. Empty for what is shipped. */
  by: z.array(z.string()),
  /** When the version that last changed them was published, ISO 8601. */
  at: z.string(),
});
const authorsSchema = z.strictObject({
  parts: z.record(z.string(), partSchema),
  /** For each stage: everybody who wrote a part of it, or what its steps are given. */
  stages: z.record(z.string(), z.array(z.string())),
});
export type VersionAuthors = z.output<typeof authorsSchema>;

export interface AuthoredVersion {
  /** Whoever edited it last; null for what is shipped. */
  authoredBy: string | null;
  authors: unknown;
}

/**
 * Whoever may not approve a job of this stage because he wrote it. A version without a record by part counts as written
 * whole by its author; so does a stage that the record does not know.
 */
export function stageAuthors({ authoredBy, authors }: AuthoredVersion, stageKey: string): string[] {
  const whole = authoredBy === null ? [] : [authoredBy];
  if (authors === null || authors === undefined) return whole;
  const parsed = authorsSchema.safeParse(authors);
  if (!parsed.success) return whole;
  const { stages, parts } = parsed.data;
  return Object.hasOwn(stages, stageKey)
    ? (stages[stageKey] ?? [])
    : [...new Set([...whole, ...Object.values(parts).flatMap(({ by }) => by)])];
}

/** The record of a version, part by part; null where it has none. */
export function readAuthors(authors: unknown): VersionAuthors | null {
  return authorsSchema.safeParse(authors).data ?? null;
}

/** Names of the blocks and gates that a person wrote, as far as the version's record says. */
export function writtenBy({ authors }: Pick<AuthoredVersion, "authors">, personId: string | null): string[] {
  if (personId === null) return [];
  const parts = Object.entries(readAuthors(authors)?.parts ?? {});
  return parts.filter(([, { by }]) => by.includes(personId)).map(([name]) => name);
}

export interface Edit {
  personId: string;
  /** Null for a text that could not be read: whoever wrote it has a share in whatever is read next. */
  runbook: Runbook | null;
}

/**
 * Who wrote each part of what is published: of a part with the bytes that it had in the version before, whoever wrote it
 * there; of another one, everybody whose edits changed it on the way.
 */
export function authorsOf(
  published: Runbook,
  {
    base,
    edits,
    at,
  }: { base: { runbook: Runbook; authors: unknown; at: Date } | null; edits: readonly Edit[]; at: Date },
): VersionAuthors {
  const before = base ? partsOf(base.runbook) : new Map<string, string>();
  const recorded = base ? readAuthors(base.authors) : null;
  const editors = editorsOf(before, edits);
  const parts: VersionAuthors["parts"] = {};
  for (const [part, bytes] of partsOf(published)) {
    const isKept = before.get(part) === bytes;
    parts[part] = isKept
      ? (recorded?.parts[part] ?? { by: [], at: (base?.at ?? at).toISOString() })
      : { by: editors.get(part) ?? edits.map(({ personId }) => personId), at: at.toISOString() };
  }
  const stages = published.stages.map((stage) => {
    const names = ["inputs", ...stagePartsOf(stage).map(([part]) => part)];
    return [stage.key, [...new Set(names.flatMap((part) => parts[part]?.by ?? []))].sort()];
  });
  return { parts, stages: Object.fromEntries(stages) };
}

/** Everybody who changed a part on the way from the base, the last one last. */
function editorsOf(before: ReadonlyMap<string, string>, edits: readonly Edit[]): Map<string, string[]> {
  const editors = new Map<string, string[]>();
  let last = before;
  let pending: string[] = [];
  for (const { personId, runbook } of edits) {
    pending = [...pending.filter((one) => one !== personId), personId];
    if (runbook === null) continue;
    const parts = partsOf(runbook);
    for (const [part, bytes] of parts) {
      if (last.get(part) === bytes) continue;
      const others = (editors.get(part) ?? []).filter((one) => !pending.includes(one));
      editors.set(part, [...others, ...pending]);
    }
    last = parts;
    pending = [];
  }
  return editors;
}

/** The bytes of each part, as a hash where there is one. */
function partsOf({ inputs, uses, stages }: Runbook): Map<string, string> {
  const parts = new Map([["inputs", JSON.stringify([inputs, uses])]]);
  for (const stage of stages) for (const [part, bytes] of stagePartsOf(stage)) parts.set(part, bytes);
  return parts;
}

function stagePartsOf(stage: RunbookStage): [part: string, bytes: string][] {
  const parts = stage.parts.flatMap((part): [string, string][] => {
    if (part.kind === "block") return [[`block ${part.block.id}`, part.block.hash]];
    return part.kind === "gate" ? [[`gate ${part.gate.id}`, part.gate.hash]] : [];
  });
  return [...parts, [`order ${stage.key}`, parts.map(([name]) => name).join("\n")]];
}
