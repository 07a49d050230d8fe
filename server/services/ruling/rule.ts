import { DomainError } from "#server/domain/error/domain-error.ts";
import { ruleItemSchema } from "#server/domain/register/lifecycle/move-schema.ts";
import { lockItem, requireSeen } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { applyRuling } from "./apply.ts";
import { readRulingFacts } from "./facts.ts";

/**
 * Rules on an R item, or on one point of a proposed decision: named, dated and for a reason. What was blocked by it is
 * judged anew in the same transaction, and the answer says what is free now.
 */
export const ruleItem = verb({
  action: "item.rule",
  input: ruleItemSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person: { personId, name }, input: { seen, ...content }, row, at }) => {
    await requireSeen(tx, row, seen);
    const facts = await readRulingFacts(tx, row);
    if (facts.needsSecondPerson) {
      throw new DomainError(
        "approval_required",
        `The rules want two people for a ruling on ${row.code}. Propose it, and another person who may rule agrees. Nothing was changed.`,
        { reason: "second_person" },
      );
    }
    const by = { personId, name, proposalId: null, at };
    const output = await applyRuling(tx, row, { facts, content, by });
    return {
      output,
      audit: {
        code: row.code,
        point: content.point,
        ruling: content.ruling,
        reason: content.reason,
        amendment: content.amendment,
        from: row.state,
        to: output.state,
        unblocked: output.unblocked.map(({ code }) => code),
        released: output.released,
      },
    };
  },
});
