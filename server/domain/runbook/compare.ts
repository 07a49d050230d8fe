import type { Runbook, RunbookStage } from "./runbook.ts";

/** A block, a gate or the words of a stage, as one version and another have it. Texts are null where it is not there. */
export interface PartChange {
  kind: "block" | "gate" | "prose" | "head";
  stageKey: string | null;
  /** Id of a block or gate; else what it is. */
  name: string;
  change: "same" | "changed" | "added" | "removed" | "moved";
  before: string | null;
  after: string | null;
}

export interface RunbookText {
  runbook: Runbook;
  source: string;
}

interface Part {
  kind: PartChange["kind"];
  stageKey: string | null;
  name: string;
  text: string;
}

/**
 * What differs between two versions, by block, gate and words, in the order of the later one; what is gone stands behind
 * the stage that it was in. A block keeps its identity by its id, also into another stage.
 */
export function compareRunbooks(from: RunbookText, to: RunbookText): PartChange[] {
  const before = new Map(partsOf(from).map((part) => [keyOf(part), part]));
  const changes: PartChange[] = [];
  for (const part of partsOf(to)) {
    const old = before.get(keyOf(part));
    before.delete(keyOf(part));
    changes.push({ ...changeOf(old, part) });
  }
  for (const { text, ...gone } of before.values()) {
    const last = changes.findLastIndex(({ stageKey }) => stageKey === gone.stageKey);
    const at = last === -1 ? changes.length : last + 1;
    changes.splice(at, 0, { ...gone, change: "removed", before: text, after: null });
  }
  return changes;
}

function changeOf(old: Part | undefined, { text, ...part }: Part): PartChange {
  if (old === undefined) return { ...part, change: "added", before: null, after: text };
  const change = old.text !== text ? "changed" : old.stageKey === part.stageKey ? "same" : "moved";
  return { ...part, change, before: old.text, after: text };
}

const keyOf = ({ kind, stageKey, name }: Part) =>
  kind === "block" || kind === "gate" ? `${kind} ${name}` : `${kind} ${stageKey ?? ""} ${name}`;

function partsOf({ runbook, source }: RunbookText): Part[] {
  const lines = source.split(/\r\n|\n/);
  const head = lines.slice(0, lines.indexOf("---", 1) + 1).join("\n");
  return [
    { kind: "head", stageKey: null, name: "front matter", text: head },
    { kind: "prose", stageKey: null, name: "introduction", text: runbook.introduction.trim() },
    ...runbook.stages.flatMap((stage) => stagePartsOf(stage, lines)),
  ];
}

function stagePartsOf(stage: RunbookStage, lines: readonly string[]): Part[] {
  const { key: stageKey, title } = stage;
  const parts: Part[] = [{ kind: "head", stageKey, name: "title", text: title }];
  let words = 0;
  for (const part of stage.parts) {
    if (part.kind === "prose") {
      words += 1;
      parts.push({ kind: "prose", stageKey, name: `words ${words}`, text: part.markdown.trim() });
      continue;
    }
    const of = part.kind === "block" ? part.block : part.gate;
    parts.push({ kind: part.kind, stageKey, name: of.id, text: fenced(lines, of.position.line) });
  }
  return parts;
}

/** The lines of a fence that opens in this line, without its marks. */
function fenced(lines: readonly string[], opensIn: number): string {
  const end = lines.findIndex((line, index) => index >= opensIn && /^`{3,}\s*$/.test(line));
  return lines
    .slice(opensIn, end === -1 ? lines.length : end)
    .map((line) => line.trimEnd())
    .join("\n");
}
