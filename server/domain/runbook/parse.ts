import type { Catalogue } from "../operation/definition.ts";
import { readBlock } from "./block.ts";
import { readFrontMatter } from "./front-matter.ts";
import { readGate } from "./gate-block.ts";
import { contentHash, stageHash } from "./hash.ts";
import { DIAGNOSTICS_MAX, DOCUMENT_MAX_BYTES } from "./limits.ts";
import type { Diagnostic, ParsedRunbook, RunbookStage, StagePart } from "./runbook.ts";
import { scanDocument, type Piece } from "./scan.ts";
import type { Reading } from "./step-parts.ts";
import type { Report } from "./yaml.ts";

/**
 * Reads a runbook. Every problem is a diagnostic with its line and column; with any error there is no runbook, so what
 * runs is what was read in full. Linear in the size of the document.
 */
export function parseRunbook(source: string, catalogue: Catalogue): ParsedRunbook {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (at, says) => {
    if (diagnostics.length < DIAGNOSTICS_MAX) diagnostics.push({ ...at, severity: "error", says });
  };
  if (new TextEncoder().encode(source).length > DOCUMENT_MAX_BYTES) {
    report({ line: 1, column: 1 }, `A runbook has at most ${DOCUMENT_MAX_BYTES / 1024 / 1024} MiB.`);
    return { runbook: null, diagnostics };
  }
  const lines = source.split(/\r\n|\n/);
  checkCharacters(lines, report);
  const scan = scanDocument(lines, report);
  const front = scan.frontMatter === null ? null : readFrontMatter(scan.frontMatter, report);
  const inputs = new Set(front?.inputs.map(({ name }) => name));
  const reading: Reading = {
    catalogue,
    names: { inputs, saved: new Set(front?.uses), steps: new Map() },
    ids: new Set(),
    report,
  };
  const { introduction, stages } = readStages(scan.pieces, reading);
  if (stages.length === 0) report({ line: 1, column: 1 }, "A runbook has at least one stage.");
  diagnostics.sort((a, b) => a.line - b.line || a.column - b.column);
  if (front === null || diagnostics.length > 0) return { runbook: null, diagnostics };
  return { runbook: { ...front, introduction, stages, contentHash: contentHash(source) }, diagnostics };
}

/** A stage being read, with the kinds of its fences in order, also of those that could not be read. */
type StageDraft = RunbookStage & { kinds: ("block" | "gate")[] };

function readStages(pieces: readonly Piece[], reading: Reading) {
  const stages: StageDraft[] = [];
  const introduction: string[] = [];
  const keys = new Set<string>();
  for (const piece of pieces) {
    if (piece.kind === "stage") {
      const key = piece.number.replace("/", "-");
      if (keys.has(key)) reading.report(piece.at, `Stage ${piece.number} stands here twice.`);
      keys.add(key);
      reading.names.steps.clear();
      stages.push({ key, title: piece.title, parts: [], hash: "", position: piece.at, kinds: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (piece.kind === "prose") {
      if (stage) stage.parts.push(piece);
      else introduction.push(piece.markdown);
      continue;
    }
    if (!stage)
      reading.report(piece.at, "This stands before the first stage. Move it below a stage heading.");
    stage?.kinds.push(piece.kind);
    const part = readPart(piece, reading);
    if (part) stage?.parts.push(part);
  }
  return {
    introduction: introduction.join("\n"),
    stages: stages.map((stage) => finishStage(stage, reading.report)),
  };
}

function readPart(piece: Extract<Piece, { text: string }>, reading: Reading): StagePart | null {
  if (piece.kind === "block") {
    const block = readBlock(piece, reading);
    return block && { kind: "block", block };
  }
  const gate = readGate(piece, reading);
  return gate && { kind: "gate", gate };
}

function finishStage({ kinds, ...stage }: StageDraft, report: Report): RunbookStage {
  if (!kinds.includes("gate")) {
    report(stage.position, "This stage has no gate: nothing would say whether it worked.");
  } else if (kinds.at(-1) !== "gate") {
    report(stage.position, "A block stands after this stage's last gate, so no gate looks at it.");
  }
  if (!kinds.includes("block")) report(stage.position, "This stage has no block.");
  const hashed: { kind: "block" | "gate"; hash: string }[] = [];
  for (const part of stage.parts) {
    if (part.kind === "block") hashed.push({ kind: "block", hash: part.block.hash });
    if (part.kind === "gate") hashed.push({ kind: "gate", hash: part.gate.hash });
  }
  return { ...stage, hash: stageHash(hashed) };
}

/** Characters that make a line look other than it reads: controls, and marks that turn the writing direction. */
function checkCharacters(lines: readonly string[], report: Report): void {
  for (const [index, line] of lines.entries()) {
    const column = firstHidden(line);
    if (column !== null) {
      report(
        { line: index + 1, column },
        "This line holds a control character that does not show. Remove it.",
      );
    }
  }
}

function firstHidden(line: string): number | null {
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    const isControl = (code < 0x20 && code !== 0x09) || code === 0x7f || code === 0xfeff;
    const turnsWriting = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    if (isControl || turnsWriting) return at + 1;
  }
  return line.isWellFormed() ? null : 1;
}
