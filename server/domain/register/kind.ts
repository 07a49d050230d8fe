import { changeHead } from "./changelog/hardening.ts";
import { runningHead } from "./changelog/running.ts";
import { decisionHead } from "./decision/read.ts";
import type { DocumentKind } from "./document.ts";
import { findingHead } from "./docfix/docfix.ts";
import { isStrictHeader, readHeader } from "./handoff/header.ts";
import { isLedgerRow } from "./ledger/security.ts";
import { isMachineHeading } from "./ledger/session.ts";
import { sessionLine } from "./ledger/sessions.ts";
import { type DocumentText, textAt } from "./source/document-text.ts";

/** In this order where two forms are found equally often: the one that says more about itself first. */
const KINDS = [
  "session_ledger",
  "handoff",
  "decisions",
  "docfix",
  "changelog",
  "running_changelog",
  "security_ledger",
  "session_index",
] as const;
type KnownKind = (typeof KINDS)[number];

/** A heading that names the whole document outweighs what is quoted in it. */
const DECISIVE = 1_000_000;

/** What a document is, by the forms of its lines. One that has none of them is `unknown`. */
export function kindOf(document: DocumentText): DocumentKind {
  const counts = new Map<KnownKind, number>();
  for (let at = 0; at < document.source.count; at += 1) {
    if (document.fenceOf[at] !== 0 || (document.lines.indents[at] ?? 0) > 1) continue;
    const found = formOf(textAt(document, at), at);
    if (found !== null) counts.set(found.kind, (counts.get(found.kind) ?? 0) + found.weight);
  }
  const best = KINDS.reduce<KnownKind | null>((so, kind) => {
    const count = counts.get(kind) ?? 0;
    return count > 0 && count > (so === null ? 0 : (counts.get(so) ?? 0)) ? kind : so;
  }, null);
  return best ?? "unknown";
}

function formOf(line: string, at: number): { kind: KnownKind; weight: number } | null {
  switch (line.charAt(0)) {
    case "#":
      return headingForm(line, at);
    case "|":
      if (isLedgerRow(line)) return { kind: "security_ledger", weight: 1 };
      return sessionLine(line) === null ? null : { kind: "session_index", weight: 1 };
    case "S":
      return line.startsWith("STATUS SNAPSHOT") ? { kind: "handoff", weight: DECISIVE } : null;
    case "":
      return null;
    default:
      return lineForm(line);
  }
}

function headingForm(line: string, at: number): { kind: KnownKind; weight: number } | null {
  if (isMachineHeading(line)) return { kind: "session_ledger", weight: DECISIVE };
  if (/^# +(?:handoff\b|.{0,80}\bopen[- ]items?\b)/i.test(line.slice(0, 120)))
    return { kind: "handoff", weight: DECISIVE };
  if (at < 3 && /^# +session ledger\b/i.test(line.slice(0, 40)))
    return { kind: "session_ledger", weight: DECISIVE };
  if (decisionHead(line) !== null) return { kind: "decisions", weight: 2 };
  if (findingHead(line) !== null) return { kind: "docfix", weight: 2 };
  if (changeHead(line) !== null) return { kind: "changelog", weight: 2 };
  if (runningHead(line) !== null) return { kind: "running_changelog", weight: 2 };
  return readHeader(line) === null ? null : { kind: "handoff", weight: 2 };
}

function lineForm(line: string): { kind: KnownKind; weight: number } | null {
  if (findingHead(line) !== null) return { kind: "docfix", weight: 2 };
  if (isStrictHeader(line)) return { kind: "handoff", weight: 2 };
  return /^(?:[-*+] )?[0-9]{4}-/.test(line.slice(0, 8)) && sessionLine(line) !== null
    ? { kind: "session_index", weight: 1 }
    : null;
}

/** Whether a line begins a record of any kind; it ends a fence that lost its closing mark. */
export function beginsRecord(line: string): boolean {
  switch (line.trimStart().charAt(0)) {
    case "#":
      return (
        decisionHead(line) !== null ||
        changeHead(line) !== null ||
        runningHead(line) !== null ||
        /^#{2,3} [0-9]{1,2}\. \S/.test(line.slice(0, 12)) ||
        isStrictHeader(line)
      );
    case "H":
    case "V":
    case "R":
    case "D":
    case "C":
    case "*":
    case "-":
      return isStrictHeader(line) || findingHead(line) !== null;
    default:
      return false;
  }
}
