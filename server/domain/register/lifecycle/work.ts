import { WORK_TRANSITIONS, type WorkState } from "./states.ts";
import { ALLOWED, isSaid, refusal, refuseMove, type RegisterVerdict } from "./verdict.ts";

/** What backs a ticked ACCEPT point. */
export const EVIDENCE_KINDS = ["job", "document", "attestation"] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

export interface AcceptPoint {
  text: string;
  isTicked: boolean;
  evidence: { kind: EvidenceKind; id: string } | null;
}

export interface WorkFacts {
  id: string;
  state: WorkState;
  accept: readonly AcceptPoint[];
  /** Whether the item changes something, so that it needs an entry in a changelog. */
  isChange: boolean;
  /** The entry, or null. */
  changeEntry: { id: string; hasRevert: boolean } | null;
  /** What it still waits for: open rulings, items and decisions. */
  blockedBy: readonly string[];
}

export interface WorkMove {
  to: WorkState;
  reason: string | null;
  trigger: string | null;
}

/** Whether an item of H, D or C may move. It closes only with every ACCEPT point ticked and backed. */
export function decideWorkMove(facts: WorkFacts, move: WorkMove): RegisterVerdict {
  const { id } = facts;
  const refused = refuseMove(WORK_TRANSITIONS, { id, from: facts.state, to: move.to });
  if (refused !== null) return refused;
  switch (move.to) {
    case "done":
      return decideDone(facts);
    case "deferred":
      return isSaid(move.trigger) ? ALLOWED : refusal("no_trigger", `Say what brings ${id} back.`);
    case "dropped":
      return isSaid(move.reason) ? ALLOWED : refusal("no_reason", `Say why ${id} is dropped.`);
    case "open":
      return facts.state === "in_progress" || isSaid(move.reason)
        ? ALLOWED
        : refusal("no_reason", `Say why ${id} is opened again.`);
    case "in_progress":
      return ALLOWED;
  }
}

function decideDone({ id, accept, isChange, changeEntry, blockedBy }: WorkFacts): RegisterVerdict {
  if (blockedBy.length > 0) return refusal("blocked", `${id} waits for ${blockedBy.join(", ")}.`);
  const bare = accept.find(
    ({ isTicked, evidence }) => !isTicked || evidence === null || evidence.id.trim() === "",
  );
  if (bare !== undefined) {
    return refusal(
      "not_evidenced",
      `"${bare.text}" is ${bare.isTicked ? "ticked without evidence" : "not ticked"}.`,
    );
  }
  if (isChange && changeEntry?.hasRevert !== true) {
    const says =
      changeEntry === null
        ? `${id} has no entry in a changelog.`
        : `The entry ${changeEntry.id} has no revert.`;
    return refusal("no_change_entry", says);
  }
  return ALLOWED;
}
