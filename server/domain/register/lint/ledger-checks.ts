import { stateOf } from "../decision/view.ts";
import { isRowClosed } from "../ledger/security.ts";
import { closedClaims, type SessionLedger } from "../ledger/session.ts";
import { uniqueIdentifiers } from "../text/identifiers.ts";
import { finding, type LintedFile, type LintFinding } from "./finding.ts";

interface Open {
  decisions: Set<string>;
  rows: Set<string>;
  items: Set<string>;
  hasDecisions: boolean;
  hasRows: boolean;
}

/** What the other files say is open. A decision whose status is not understood counts as open. */
function openIn(files: readonly LintedFile[]): Open {
  const open: Open = {
    decisions: new Set(),
    rows: new Set(),
    items: new Set(),
    hasDecisions: false,
    hasRows: false,
  };
  for (const { document } of files) {
    const { content } = document;
    if (content.kind === "decisions") {
      open.hasDecisions = true;
      for (const decision of content.decisions) {
        const { status } = stateOf(decision);
        if (status === null || status === "proposed") open.decisions.add(decision.id);
      }
    } else if (content.kind === "security_ledger") {
      open.hasRows = true;
      for (const row of content.ledger.rows) if (!isRowClosed(content.ledger, row)) open.rows.add(row.id);
    } else if (content.kind === "handoff") {
      for (const { id, kind } of content.handoff.items) if (kind !== "deferred") open.items.add(id);
    }
  }
  return open;
}

/** Checks of session ledgers against the registers: nothing open is called closed, nothing open is left out. */
export function checkSessionLedgers(files: readonly LintedFile[]): LintFinding[] {
  const open = openIn(files);
  return files.flatMap(({ path, document }) =>
    document.content.kind === "session_ledger" ? checkLedger(path, document.content.ledger, open) : [],
  );
}

function checkLedger(path: string, ledger: SessionLedger, open: Open): LintFinding[] {
  const { machine, narrative } = ledger;
  const scanned = new Set([...(machine?.openDecisions ?? []), ...(machine?.openRows ?? [])]);
  const stillOpen = new Set([...scanned, ...open.decisions, ...open.rows, ...open.items]);
  const claims = narrative.flatMap(closedClaims).filter(({ id }) => stillOpen.has(id));
  const found = claims.map(({ id, line }) =>
    finding("L8", { path, line, subject: id }, `${id} is called CLOSED here and is open.`),
  );
  const told = new Set(narrative.flatMap(({ heading, text }) => uniqueIdentifiers(`${heading}\n${text}`)));
  const line = narrative[0]?.lines.first ?? 1;
  for (const id of [...new Set([...scanned, ...open.decisions, ...open.rows])].sort()) {
    if (!told.has(id))
      found.push(
        finding("L9", { path, line, subject: id }, `${id} is open and the narrative leaves it out.`),
      );
  }
  if (machine === null) return found;
  const at = { path, line: machine.lines.first };
  if (open.hasDecisions) found.push(...unlike(at, machine.openDecisions, open.decisions));
  if (open.hasRows) found.push(...unlike(at, machine.openRows, open.rows));
  return found;
}

function unlike(
  at: { path: string; line: number },
  said: readonly string[],
  open: ReadonlySet<string>,
): LintFinding[] {
  const extra = said.filter((id) => !open.has(id));
  const missing = [...open].filter((id) => !said.includes(id)).sort();
  return [
    ...extra.map((id) =>
      finding("L17", { ...at, subject: id }, `${id} is listed as open and is not. Make the section again.`),
    ),
    ...missing.map((id) =>
      finding("L17", { ...at, subject: id }, `${id} is open and not listed. Make the section again.`),
    ),
  ];
}
