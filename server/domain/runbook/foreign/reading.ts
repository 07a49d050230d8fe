import { LABEL_MAX_LENGTH, SAME_REMARK_MAX } from "./limits.ts";
import { markersIn, statusMarkersIn } from "./markers.ts";
import type {
  DocumentBlock,
  DocumentDiagnostic,
  DocumentStage,
  Piece,
  Role,
  RunbookDocument,
} from "./model.ts";
import type { Part } from "./scan.ts";

/** The document while it is read; everything that is read goes through the functions below. */
export class ForeignReading {
  readonly document: RunbookDocument = {
    form: "labelled",
    title: null,
    path: null,
    statuses: [],
    markers: [],
    references: [],
    table: [],
    stages: [],
    findings: [],
    openItems: [],
    pieces: [],
    diagnostics: [],
  };
  stage: DocumentStage | null = null;
  /** The block that a gate or an expectation behind it belongs to. */
  last: DocumentBlock | null = null;
  /** A paragraph that goes on until a blank line: what it is, and where its words are gathered. */
  open: { role: Role; add: ((text: string) => void) | null } | null = null;
  /** Inside the list of open items. */
  isOpenItems = false;
  isTable = false;
  readonly #counts = new Map<string, number>();
  readonly #named = new Set<string>();

  piece({ line, column, text }: Part, role: Role): Piece {
    const piece = { line, column, text, role };
    this.document.pieces.push(piece);
    return piece;
  }

  remark(diagnostic: DocumentDiagnostic): void {
    const count = (this.#counts.get(diagnostic.code) ?? 0) + 1;
    this.#counts.set(diagnostic.code, count);
    if (count <= SAME_REMARK_MAX) this.document.diagnostics.push(diagnostic);
  }

  /** Tells how many remarks were left out, once. */
  finish(): RunbookDocument {
    const left = [...this.#counts.values()].reduce(
      (sum, count) => sum + Math.max(0, count - SAME_REMARK_MAX),
      0,
    );
    const { diagnostics } = this.document;
    diagnostics.sort((one, other) => one.line - other.line);
    if (left > 0) {
      const line = diagnostics.at(-1)?.line ?? 1;
      const says = `${left} more remarks of the same kinds were left out.`;
      diagnostics.push({ code: "document.more", severity: "warning", line, says });
    }
    return this.document;
  }

  beginStage(of: Pick<DocumentStage, "key" | "title" | "origin" | "line">): DocumentStage {
    const stage: DocumentStage = { ...of, blocks: [], gates: [], cautions: [], statuses: [] };
    this.document.stages.push(stage);
    this.stage = stage;
    this.last = null;
    return stage;
  }

  /** The stage that text here belongs to; a block outside of any begins one without a name. */
  stageHere(line: number): DocumentStage {
    return this.stage ?? this.beginStage({ key: "", title: "Outside of any stage", origin: "none", line });
  }

  stageKeyHere(): string | null {
    return this.stage === null || this.stage.origin === "none" ? null : this.stage.key;
  }

  /** Markers and references of a piece of the document's own words. */
  words(text: string, line: number, isStatus = false): void {
    const where = { line, stageKey: this.stageKeyHere(), blockId: this.last?.id ?? null };
    for (const found of markersIn(text)) this.document.markers.push({ ...found, ...where });
    if (isStatus)
      for (const found of statusMarkersIn(text)) this.document.markers.push({ ...found, ...where });
    if (!text.includes("-0") && !DASHED.test(text)) return;
    for (const [code] of text.matchAll(REFERENCE)) {
      if (this.#named.has(code)) continue;
      this.#named.add(code);
      this.document.references.push({ text: code, line });
    }
  }
}

const DASHED = /-[1-9A-Z]/;
const REFERENCE = /\b(?:D-\d{3}|DOCFIX-\d{3}|BUNDLEFIX-\d{3}|SEC-\d{3}|appendix-[A-Z])\b/g;

/** What a paragraph is by its first words. */
export function paragraphRole(text: string): Role {
  const head = text.trimStart().slice(0, LABEL_MAX_LENGTH);
  if (!MAY_BEGIN.has(head[0] ?? "")) return "prose";
  for (const [role, pattern] of PARAGRAPHS) if (pattern.test(head)) return role;
  return "prose";
}

/** What the first words of any of these begin with. */
const MAY_BEGIN = new Set("*>!GECFOSsVvDdTt");

const PARAGRAPHS: readonly [Role, RegExp][] = [
  ["gate", /^(?:>\s*)?(?:\*\*)?GATE\b(?:\*\*)?(?: \([^()]{1,160}\))?(?:\*\*)?:/],
  ["expect", /^(?:>\s*)?(?:\*\*)?Expect(?:ed)?(?:\*\*)?:/],
  ["caution", /^(?:>\s*)?(?:\*\*)?(?:CAUTION\b[^:]{0,80}:|!!!\s*DESTRUCTIVE)/],
  ["finding", /^(?:\*\*)?FINDING\b(?: ?\([^()]{1,160}\))?(?:\*\*)?:/],
  ["open_item", /^(?:\*\*)?OPEN QUESTION\b(?: ?\([^()]{1,160}\))?(?:\*\*)?:/],
  ["status", /^(?:\*\*)?STATUS(?:\*\*)?:/i],
  ["legend", /^(?:\*\*)?VALIDATION LEGEND\b/i],
  ["reference", /^(?:\*\*)?(?:DESIGN REFS|Decisions|Troubleshooting)(?:\*\*)?:/i],
];
