import type { HardeningChangelog, PlacedChange } from "./changelog/hardening.ts";
import type { PlacedRunningEntry, RunningChangelog } from "./changelog/running.ts";
import type { PlacedDecision } from "./decision/decision.ts";
import type { Diagnostic, UnplacedLine } from "./diagnostics.ts";
import type { DocfixDraft, PlacedFinding } from "./docfix/docfix.ts";
import type { HandoffHead, HandoffSection, PlacedItem } from "./handoff/item.ts";
import type { ProposedLink } from "./handoff/links.ts";
import type { PlacedRow, SecurityLedger } from "./ledger/security.ts";
import type { SessionLedger } from "./ledger/session.ts";
import type { PlacedSession } from "./ledger/sessions.ts";
import type { DocumentText } from "./source/document-text.ts";

export interface Handoff {
  head: HandoffHead;
  sections: HandoffSection[];
  items: PlacedItem[];
  links: ProposedLink[];
}

/** What a document was read as. `unknown` is one of the family whose form is not known: all its lines are unplaced. */
export type DocumentContent =
  | { kind: "handoff"; handoff: Handoff }
  | { kind: "decisions"; title: string | null; decisions: PlacedDecision[] }
  | { kind: "changelog"; changelog: Omit<HardeningChangelog, "entries"> & { entries: PlacedChange[] } }
  | {
      kind: "running_changelog";
      changelog: Omit<RunningChangelog, "entries"> & { entries: PlacedRunningEntry[] };
    }
  | { kind: "docfix"; draft: Omit<DocfixDraft, "findings"> & { findings: PlacedFinding[] } }
  | { kind: "security_ledger"; ledger: Omit<SecurityLedger, "rows"> & { rows: PlacedRow[] } }
  | { kind: "session_ledger"; ledger: SessionLedger }
  | { kind: "session_index"; title: string; sessions: PlacedSession[] }
  | { kind: "unknown" };
export type DocumentKind = DocumentContent["kind"];

export interface RegisterDocument {
  /** Path in the tree or patch that it came from, or null. */
  path: string | null;
  /** False for a part of a file, as a patch shows it. */
  isWhole: boolean;
  text: DocumentText;
  content: DocumentContent;
  /** Lines that were read and not understood. Every other line that is not blank belongs to something in `content`. */
  unplaced: UnplacedLine[];
  diagnostics: Diagnostic[];
}
