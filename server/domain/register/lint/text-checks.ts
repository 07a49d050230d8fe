import type { Diagnostic } from "../diagnostics.ts";
import { lineAt, lineNumberAt } from "../source/source.ts";
import { type LintCheck, type LintedFile, type LintFinding, finding } from "./finding.ts";

/** Checks of one file by itself: its characters, its line ends, and what reading it had to say. */
export function checkText({ path, document }: LintedFile): LintFinding[] {
  const { text, unplaced, content, diagnostics, isWhole } = document;
  const { source } = text;
  const found: LintFinding[] = [];
  const strange = source.text.search(/[^\n\r\t\u0020-\u007e]/);
  if (strange !== -1) {
    const line = lineNumberAt(source, strange);
    const code = (source.text.codePointAt(strange) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    found.push(
      finding(
        "L1",
        { path, line, subject: `U+${code}` },
        `The first character that is not ASCII is U+${code}.`,
      ),
    );
  }
  const cr = source.text.indexOf("\r");
  if (cr !== -1) {
    const line = lineNumberAt(source, cr);
    found.push(finding("L2", { path, line, subject: "CR" }, "A line ends with a carriage return."));
  }
  if (isWhole && source.text !== "" && !/[\r\n]$/.test(source.text.slice(-1))) {
    const says = "The last line has no end.";
    found.push(finding("L2", { path, line: source.count, subject: "end" }, says));
  }
  const [first] = unplaced;
  if (first !== undefined && content.kind !== "unknown") {
    const subject = lineAt(source, first.line - 1)
      .trim()
      .slice(0, 60);
    const says = `${unplaced.length} lines are not understood; this is the first.`;
    found.push(finding("L10", { path, line: first.line, subject }, says));
  }
  return [...found, ...diagnostics.flatMap((diagnostic) => fromDiagnostic(path, diagnostic))];
}

const BY_CODE: Record<string, LintCheck> = {
  "item.duplicate": "L3",
  "decision.duplicate": "L3",
  "ledger.duplicate": "L3",
  "change.no_revert": "L6",
  "ledger.no_owner": "L7",
  "ledger.no_date": "L7",
  "fence.unclosed": "L12",
  "item.no_trigger": "L13",
  "change.numbering": "L14",
  "change.no_what": "L15",
  "change.no_why": "L15",
  "change.no_files": "L15",
  "item.no_title": "L15",
  "decision.no_title": "L15",
  "patch.count": "L11",
};

function fromDiagnostic(path: string, { code, line, says }: Diagnostic): LintFinding[] {
  const check = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : code.startsWith("damage.") ? "L11" : undefined;
  if (check === undefined) return [];
  return [finding(check, { path, line, subject: subjectOf(says, code) }, says)];
}

/** The identifier that a sentence begins with, else the code. */
function subjectOf(says: string, code: string): string {
  return /^(?:Item [0-9]+|[A-Z][A-Z0-9]*-[0-9]+[a-z]?)\b/.exec(says)?.[0] ?? code;
}
