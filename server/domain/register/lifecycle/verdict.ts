/** Why a move in a register's lifecycle was refused. */
export type RegisterRefusal =
  | "not_from_here"
  | "no_reason"
  | "no_trigger"
  | "no_change_entry"
  | "not_evidenced"
  | "blocked"
  | "no_owner"
  | "no_expiry"
  | "expiry_past"
  | "same_person"
  | "no_evidence"
  | "not_fresh"
  | "not_pinned"
  | "points_open"
  | "gates_open"
  | "unknown_point"
  | "no_successor";

export type RegisterVerdict =
  { kind: "allowed" } | { kind: "refused"; reason: RegisterRefusal; says: string };

export const ALLOWED: RegisterVerdict = { kind: "allowed" };

export const refusal = (reason: RegisterRefusal, says: string): RegisterVerdict => ({
  kind: "refused",
  reason,
  says: `${says} Nothing was changed.`,
});

/** The move itself, before any condition: whether the table has it. */
export function refuseMove<State extends string>(
  transitions: Record<State, readonly State[]>,
  { id, from, to }: { id: string; from: State; to: State },
): RegisterVerdict | null {
  return transitions[from].includes(to)
    ? null
    : refusal("not_from_here", `${id} is ${from} and cannot become ${to}.`);
}

export const isSaid = (text: string | null): text is string => text !== null && text.trim() !== "";
