import { writeHardening } from "./changelog/hardening.ts";
import { writeRunning } from "./changelog/running.ts";
import { writeDecisions } from "./decision/read.ts";
import type { DocumentContent } from "./document.ts";
import { writeDocfix } from "./docfix/docfix.ts";
import { registerOf } from "./handoff/register.ts";
import { writeHandoff } from "./handoff/write.ts";
import { writeSecurityLedger } from "./ledger/security.ts";
import { writeSessionLedger } from "./ledger/session.ts";
import { writeSessions } from "./ledger/sessions.ts";

/**
 * A document made anew from what was read, in its native form; null for one that was not understood. What was not
 * placed is not in it: to change one record of a document and nothing else, replace that record's lines instead.
 */
export function writeDocument(content: DocumentContent): string | null {
  switch (content.kind) {
    case "handoff":
      return writeHandoff(registerOf(content.handoff));
    case "decisions":
      return writeDecisions(content.title, content.decisions);
    case "changelog":
      return writeHardening(content.changelog);
    case "running_changelog":
      return writeRunning(content.changelog);
    case "docfix":
      return writeDocfix(content.draft);
    case "security_ledger":
      return writeSecurityLedger(content.ledger);
    case "session_ledger":
      return writeSessionLedger(content.ledger, machineText(content));
    case "session_index":
      return writeSessions(content.title, content.sessions);
    case "unknown":
      return null;
  }
}

function machineText({ ledger }: DocumentContent & { kind: "session_ledger" }): string | null {
  return ledger.machine === null ? null : `## ${ledger.machine.heading}\n\n${ledger.machine.text}`;
}
