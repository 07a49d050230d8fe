import type { ReadFile } from "../read.ts";
import { type DocumentedWarning, finding, type LintedFile, type LintFinding } from "./finding.ts";
import { checkIdentifiers } from "./identifier-checks.ts";
import { checkSessionLedgers } from "./ledger-checks.ts";
import { checkText } from "./text-checks.ts";

export interface LintReport {
  /** By path, line, check and subject, so that two runs over the same files say the same. */
  findings: LintFinding[];
  errors: number;
  warnings: number;
  /** Warnings that somebody wrote down as known; not in `warnings`. */
  documented: number;
}

/** Runs every check over a set of files. Errors cannot be documented away. */
export function lint(
  files: readonly { path: string; file: ReadFile }[],
  documented: readonly DocumentedWarning[],
): LintReport {
  const sorted = files.toSorted((one, other) => compare(one.path, other.path));
  const unread = sorted.flatMap(({ path, file }) =>
    file.diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ code, line, says }) => finding("L16", { path, line, subject: code }, says)),
  );
  const linted = sorted.flatMap(({ path, file }) =>
    file.documents.map((document): LintedFile => ({ path, document })),
  );
  const all = [
    ...unread,
    ...linted.flatMap(checkText),
    ...checkIdentifiers(linted),
    ...checkSessionLedgers(linted),
  ];
  const findings = all.map((one) => ({ ...one, documented: reasonFor(one, documented) })).sort(inOrder);
  const open = findings.filter((one) => one.documented === null);
  return {
    findings,
    errors: open.filter(({ severity }) => severity === "error").length,
    warnings: open.filter(({ severity }) => severity === "warning").length,
    documented: findings.length - open.length,
  };
}

function reasonFor(one: LintFinding, documented: readonly DocumentedWarning[]): string | null {
  if (one.severity === "error") return null;
  const fitting = documented.find(
    ({ check, path, subject }) =>
      check === one.check && path === one.path && (subject === null || subject === one.subject),
  );
  return fitting?.reason ?? null;
}

function inOrder(one: LintFinding, other: LintFinding): number {
  return (
    compare(one.path, other.path) ||
    one.line - other.line ||
    Number(one.check.slice(1)) - Number(other.check.slice(1)) ||
    compare(one.subject, other.subject)
  );
}

/** By code units: the same on every machine, whatever its language. */
const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
