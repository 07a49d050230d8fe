import type { RegisterDocument } from "../document.ts";

/** Checks by id. An `error` fails the run; a `warning` is counted, and may be documented as known. */
export const LINT_CHECKS = {
  L1: { severity: "warning", name: "ASCII only" },
  L2: { severity: "warning", name: "LF line ends" },
  L3: { severity: "error", name: "one meaning for each identifier" },
  L4: { severity: "warning", name: "no reference to what is not there" },
  L5: { severity: "error", name: "next-free numbers are free" },
  L6: { severity: "error", name: "every change has a revert" },
  L7: { severity: "warning", name: "every row is owned and dated" },
  L8: { severity: "error", name: "nothing open is called CLOSED" },
  L9: { severity: "warning", name: "the narrative leaves out nothing that is open" },
  L10: { severity: "warning", name: "every line is understood" },
  L11: { severity: "warning", name: "no text was lost in a rendering" },
  L12: { severity: "error", name: "fences are closed" },
  L13: { severity: "warning", name: "what is deferred has a trigger" },
  L14: { severity: "warning", name: "item numbers are continuous" },
  L15: { severity: "warning", name: "every change says what, why and where" },
  L16: { severity: "error", name: "the document can be read" },
  L17: { severity: "error", name: "the machine-derived section is true" },
} as const;
export type LintCheck = keyof typeof LINT_CHECKS;

export interface LintFinding {
  check: LintCheck;
  severity: "error" | "warning";
  path: string;
  line: number;
  /** What it is about: an identifier, or the text in question; with check and path it names the finding. */
  subject: string;
  says: string;
  /** Why it is left as it is, where somebody wrote that down. */
  documented: string | null;
}

/** A document of the tree under its path in it. */
export interface LintedFile {
  path: string;
  document: RegisterDocument;
}

export function finding(
  check: LintCheck,
  at: { path: string; line: number; subject: string },
  says: string,
): LintFinding {
  return { check, severity: LINT_CHECKS[check].severity, ...at, says, documented: null };
}

/** A warning that is known and stays. */
export interface DocumentedWarning {
  check: LintCheck;
  path: string;
  /** Null for every subject of that check in that file. */
  subject: string | null;
  reason: string;
}

const LINE = /^(L[0-9]{1,2})[ \t]+(\S+)(?:[ \t]+(\S.*?))?[ \t]+--[ \t]+(\S.*)$/;

/** Lines `L1 docs/old.md [subject] -- reason`; blank ones and those with `#` are comments. Others are answered as bad. */
export function readDocumented(text: string): { warnings: DocumentedWarning[]; badLines: number[] } {
  const warnings: DocumentedWarning[] = [];
  const badLines: number[] = [];
  text.split("\n").forEach((raw, at) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    const match = line.length < 1000 ? LINE.exec(line) : null;
    const check = match === null ? undefined : checkNamed(match[1] ?? "");
    if (match === null || check === undefined) badLines.push(at + 1);
    else warnings.push({ check, path: match[2] ?? "", subject: match[3] ?? null, reason: match[4] ?? "" });
  });
  return { warnings, badLines };
}

function checkNamed(id: string): LintCheck | undefined {
  return CHECK_IDS.find((check) => check === id);
}

export const CHECK_IDS = [
  "L1",
  "L2",
  "L3",
  "L4",
  "L5",
  "L6",
  "L7",
  "L8",
  "L9",
  "L10",
  "L11",
  "L12",
  "L13",
  "L14",
  "L15",
  "L16",
  "L17",
] as const satisfies readonly LintCheck[];
