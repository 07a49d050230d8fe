import type { Catalogue } from "../../operation/definition.ts";
import { blockEffect } from "../effect.ts";
import { parseRunbook } from "../parse.ts";
import type { Runbook, RunbookBlock, RunbookStage } from "../runbook.ts";
import type { DocumentBlock, DocumentStage, Piece, Role, RunbookDocument } from "./model.ts";
import { paragraphRole } from "./reading.ts";

/** Whether a text is meant to be what the runner carries out: front matter first, or fences of steps. */
export function isOwnForm(text: string): boolean {
  return /^---[ \t]*\r?\n(?:[^\n]*\n){0,200}?(?:slug|cloud):/.test(text) || /^`{3,}yaml block\b/m.test(text);
}

/** Our own runbook in the model of all; `runbook` is null while it has errors. */
export function readOwn(
  text: string,
  catalogue: Catalogue,
): { document: RunbookDocument; runbook: Runbook | null } {
  const { runbook, diagnostics } = parseRunbook(text, catalogue);
  const lines = text.split(/\r\n|\n/);
  const document: RunbookDocument = {
    form: "steps",
    title: runbook?.title ?? null,
    path: null,
    statuses: [],
    markers: [],
    references: [],
    table: [],
    findings: [],
    openItems: [],
    pieces: ownPieces(lines),
    stages: runbook?.stages.map((stage) => ownStage(stage, { lines, catalogue })) ?? [],
    diagnostics: diagnostics.map(({ severity, line, says }) => ({ code: "runbook", severity, line, says })),
  };
  return { document, runbook };
}

type Given = { lines: readonly string[]; catalogue: Catalogue };

function ownStage(stage: RunbookStage, given: Given): DocumentStage {
  const made: DocumentStage = {
    key: stage.key,
    title: stage.title,
    origin: "heading",
    line: stage.position.line,
    blocks: [],
    gates: [],
    cautions: [],
    statuses: [],
  };
  for (const part of stage.parts) {
    if (part.kind === "block") made.blocks.push(ownBlock(part.block, given));
    if (part.kind === "gate") {
      const { id, assertions, position } = part.gate;
      made.gates.push({ text: id, line: position.line, assertions });
    }
  }
  return made;
}

/** Steps are carried out by the runner, so that is their place. */
function ownBlock(block: RunbookBlock, { lines, catalogue }: Given): DocumentBlock {
  const { line } = block.position;
  let lastLine = line + 1;
  while (lastLine < lines.length && !/^`{3,}\s*$/.test(lines[lastLine - 1] ?? "")) lastLine += 1;
  return {
    id: block.id,
    title: block.title,
    encoding: "steps",
    label: lines[line - 1] ?? "",
    host: "runner",
    kind: blockEffect(block, catalogue) === "read" ? "check" : "run",
    identities: [{ name: block.as, part: null }],
    text: lines.slice(line, lastLine - 1).join("\n"),
    hash: block.hash,
    line,
    lastLine,
    steps: block,
    assumed: [],
    gates: [],
    expects: [],
    cautions: [],
  };
}

/** What each line of a document in our form is. */
function ownPieces(lines: readonly string[]): Piece[] {
  let fence: { mark: string; role: Role } | null = null;
  let isFront = lines[0]?.trimEnd() === "---";
  return lines.map((text, index) => {
    const piece = (role: Role): Piece => ({ line: index + 1, column: 1, text, role });
    if (isFront) {
      if (index > 0 && text.trimEnd() === "---") isFront = false;
      return piece("front");
    }
    if (fence) {
      const isEnd = text.startsWith(fence.mark) && text.trim() === fence.mark;
      const { role } = fence;
      if (isEnd) fence = null;
      return piece(isEnd && role === "body" ? "end" : role);
    }
    const opened = /^(`{3,})(yaml (?:block|gate))?/.exec(text);
    if (opened) {
      const role = opened[2] === "yaml block" ? "body" : opened[2] === "yaml gate" ? "gate" : "prose";
      fence = { mark: opened[1] ?? "```", role };
      return piece(role === "body" ? "label" : role);
    }
    if (text.trim() === "") return piece("blank");
    if (text.startsWith("## Stage ")) return piece("stage");
    return piece(/^#{1,6} /.test(text) ? "heading" : paragraphRole(text));
  });
}
