import { DomainError } from "#server/domain/error/domain-error.ts";
import { describeCover } from "#server/domain/register/gate/gate.ts";
import { withdrawGateSchema } from "#server/domain/register/gate/schema.ts";
import { takesSecondPerson } from "#server/domain/rule/rule.ts";
import { findRules } from "../rules/current.ts";
import { verb } from "../verb.ts";
import { applyWithdrawal, requireMayLetGo } from "./let-go.ts";
import { isStillHolding } from "./let-go-items.ts";
import { lockGate } from "./rows.ts";

/**
 * Takes a gate away without a ruling, for a reason. It lets go what a ruling would let go, so it takes whom a ruling
 * would take: a second person where the rules say so, and nobody who must not rule.
 */
export const withdrawGate = verb({
  action: "item.ungate",
  input: withdrawGateSchema,
  load: (tx, { gateId }) => lockGate(tx, gateId),
  object: ({ row }) => ({ kind: "item", id: row.id }),
  run: async (tx, { person: { personId }, input: { gateId, reason }, row: locked, at }) => {
    const { gate, row } = locked;
    await requireMayLetGo(tx, row, personId);
    const rules = await findRules(tx);
    const takesTwo = takesSecondPerson(rules?.set ?? null, { isGating: true });
    if (takesTwo && (await isStillHolding(tx, row))) {
      throw new DomainError(
        "approval_required",
        `The rules want two people to let go what ${row.code} holds back. Propose it, and another person agrees. Nothing was changed.`,
        { reason: "second_person" },
      );
    }
    await applyWithdrawal(tx, locked, { personId, reason, at });
    return { output: { gateId }, audit: { code: row.code, gateId, covers: describeCover(gate), reason } };
  },
});
