import { ROW_TRANSITIONS, type RowState } from "./states.ts";
import { ALLOWED, isSaid, refusal, refuseMove, type RegisterVerdict } from "./verdict.ts";

export interface RowFacts {
  id: string;
  state: RowState;
  owner: string | null;
}

export type RowMove =
  | { to: "closed"; evidenceId: string | null }
  | { to: "risk_accepted"; owner: string | null; expiresAt: Date | null; reason: string | null }
  | { to: "open"; reason: string | null }
  | { to: "expired" };

/** Whether a row of the security ledger may move. It closes owned and with evidence; an accepted risk has an end. */
export function decideRowMove(row: RowFacts, move: RowMove, now: Date): RegisterVerdict {
  const { id } = row;
  const refused = refuseMove(ROW_TRANSITIONS, { id, from: row.state, to: move.to });
  if (refused !== null) return refused;
  switch (move.to) {
    case "closed":
      if (!isSaid(row.owner)) return refusal("no_owner", `${id} has no owner.`);
      return isSaid(move.evidenceId)
        ? ALLOWED
        : refusal("no_evidence", `${id} needs what shows that it is done.`);
    case "risk_accepted":
      if (!isSaid(move.owner)) return refusal("no_owner", `Name who owns the risk of ${id}.`);
      if (!isSaid(move.reason)) return refusal("no_reason", `Say why the risk of ${id} is accepted.`);
      if (move.expiresAt === null)
        return refusal("no_expiry", `Say until when the risk of ${id} is accepted.`);
      return move.expiresAt > now
        ? ALLOWED
        : refusal("expiry_past", `The end of the risk of ${id} is in the past.`);
    case "open":
      return isSaid(move.reason) ? ALLOWED : refusal("no_reason", `Say why ${id} is opened again.`);
    case "expired":
      return ALLOWED;
  }
}
