import type { Tx } from "#db/client.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { isOpenAt, type Requirement } from "#server/domain/rule/requirement.ts";
import { describeWindow } from "#server/domain/rule/sentences.ts";
import { findBreakGlass } from "../break-glass/rows.ts";
import { findFreeze, holdFreeze } from "../freeze/rows.ts";
import { readApproverFacts } from "./approver-facts.ts";
import type { JobRow } from "./rows.ts";

/** The same for one job: what an emergency let go is not held to the windows. */
export async function requireJobMayStart(tx: Tx, row: JobRow, at: Date): Promise<void> {
  const { requirement } = await readApproverFacts(tx, row);
  const isEmergency = (await findBreakGlass(tx, row.id)) !== null;
  await requireMayStart(tx, requirement && isEmergency ? { ...requirement, windows: [] } : requirement, at);
}

/** Refuses what would start a change now: while changes are frozen, without a rule, or outside of its windows. */
export async function requireMayStart(tx: Tx, requirement: Requirement | null, at: Date): Promise<void> {
  await holdFreeze(tx);
  const frozen = await findFreeze(tx);
  if (frozen !== null) {
    throw new DomainError(
      "conflict",
      `All changes are frozen by ${frozen.setBy}. Nothing was started; two people have to lift it first.`,
      { reason: "frozen" },
    );
  }
  if (requirement === null) {
    throw new DomainError("forbidden", "No approval rule is about this. Nothing was started.", {
      reason: "no_rule",
    });
  }
  if (!isOpenAt(requirement.windows, at)) {
    const when = requirement.windows.map(describeWindow).join("; ");
    throw new DomainError("conflict", `The rules let this start only ${when}. Nothing was started.`, {
      reason: "outside_window",
    });
  }
}
