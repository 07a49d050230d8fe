import type { RunbookBlock, RunbookGate } from "../runbook.ts";

/** A piece of the document's own words and the line where it starts; lines start at 1. */
export interface Placed {
  text: string;
  line: number;
}

export const DOCUMENT_MARKERS = [
  "validated",
  "corrected_pending",
  "procedure_pending",
  "revalidate",
  "live_read_pending",
  "as_executed",
  "not_as_executed",
  "supersedes",
  "revised",
  "draft",
] as const;
type DocumentMarkerKind = (typeof DOCUMENT_MARKERS)[number];

/** What a document claims about itself. A claim proves nothing: what is proven is computed from runs. */
export interface DocumentMarker {
  kind: DocumentMarkerKind;
  /** As it stands: `[VALIDATED 2026-07-01]`. */
  words: string;
  /** `2026-07-01`, when the marker names a day. */
  date: string | null;
  line: number;
  /** Where it stands: a stage and a block, or null for the document as a whole. */
  stageKey: string | null;
  blockId: string | null;
}

/** Whom a block runs as; `part` is set where only a part of it does: `checks` as `admin`. */
export interface BlockIdentity {
  name: string;
  part: string | null;
}

export type BlockKind = "run" | "check";

/** A block of commands or of steps, run by somebody in one place. */
export interface DocumentBlock {
  id: string | null;
  /** Null where the document does not say it in words that are known. */
  kind: BlockKind | null;
  encoding: "begin_end" | "fenced" | "steps";
  /** The label as it stands. */
  label: string;
  title: string | null;
  host: string | null;
  identities: BlockIdentity[];
  /** Identities that the block's own commands take on, as far as they show. */
  assumed: Placed[];
  /** What runs, as it stands. */
  text: string;
  /** sha256 over the normalised bytes of the text. */
  hash: string;
  line: number;
  lastLine: number;
  gates: Placed[];
  expects: Placed[];
  cautions: Placed[];
  /** Set for blocks of steps: what the runner carries out. */
  steps: RunbookBlock | null;
}

export interface DocumentStage {
  /** `0`, `2.5`, `6-7`, `R1`: the same keys that stages of runbooks have here. Empty for text outside of any stage. */
  key: string;
  title: string;
  /** Whether a heading begins it, or only the stage table names it. */
  origin: "heading" | "table" | "none";
  line: number;
  blocks: DocumentBlock[];
  /** Gates that stand behind no block, and those of steps. */
  gates: (Placed & { assertions: RunbookGate["assertions"] })[];
  cautions: Placed[];
  /** STATUS lines of the stage. */
  statuses: Placed[];
}

export interface StageRow {
  key: string;
  what: string;
  status: string;
  line: number;
}

/** What a piece of a line was taken for. `unplaced`: nothing was made of it. */
export const ROLES = [
  "blank",
  "rule",
  "page",
  "title",
  "front",
  "heading",
  "stage",
  "status",
  "legend",
  "reference",
  "table",
  "label",
  "body",
  "end",
  "gate",
  "expect",
  "caution",
  "finding",
  "open_item",
  "prose",
  "unplaced",
] as const;
export type Role = (typeof ROLES)[number];

/** A piece of a line. All of them in order, with line ends between lines, are the document again. */
export interface Piece {
  line: number;
  column: number;
  text: string;
  role: Role;
}

export interface DocumentDiagnostic {
  code: string;
  severity: "error" | "warning";
  line: number;
  says: string;
}

/** A runbook of any form, read: one model for documents of others and for our own. */
export interface RunbookDocument {
  form: "labelled" | "steps";
  title: string | null;
  /** Where it says it comes from. */
  path: string | null;
  statuses: Placed[];
  markers: DocumentMarker[];
  /** Decisions, appendices and ledger rows that it names, with the first line that does. */
  references: Placed[];
  table: StageRow[];
  stages: DocumentStage[];
  /** Facts that the document records as observed. */
  findings: (Placed & { stageKey: string | null })[];
  /** What it says is still to be done, and open questions. */
  openItems: (Placed & { stageKey: string | null })[];
  pieces: Piece[];
  diagnostics: DocumentDiagnostic[];
}

/** Stages without those that only gather what stands outside of any. */
export function namedStages(document: Pick<RunbookDocument, "stages">): DocumentStage[] {
  return document.stages.filter(({ origin }) => origin !== "none");
}

/** Lines that were kept and not understood, blank ones and rules left out. */
export function unplacedPieces(document: Pick<RunbookDocument, "pieces">): Piece[] {
  return document.pieces.filter(({ role }) => role === "unplaced");
}
