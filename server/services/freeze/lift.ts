import { and, eq, isNull } from "drizzle-orm";
import { changeFreeze } from "#db/schema/proposal.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { freezeLiftSchema } from "#server/domain/proposal/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { findFreeze } from "./rows.ts";

/** Lifting a freeze: whoever asks and whoever agrees are two people. */
export const freezeLift = proposalKind({
  kind: "freeze.lift",
  actions: { propose: "freeze.propose_lift", decide: "freeze.decide_lift" },
  content: freezeLiftSchema,
  describe: async (tx, { freezeId }) => {
    const row = await findFreeze(tx);
    if (row?.id !== freezeId) {
      throw new DomainError("conflict", "This freeze is lifted already.", { reason: "not_frozen" });
    }
    return {
      title: "Let changes run again",
      says: "Lifts the freeze: approved changes may start again.",
      before: ["No change may start, on any cloud.", `Frozen by ${row.setBy}: ${row.reason}`],
      after: ["Changes may start when they are approved."],
    };
  },
  apply: async (tx, { freezeId }, { proposalId, at }) => {
    const lifted = await tx
      .update(changeFreeze)
      .set({ liftedBy: proposalId, liftedAt: at })
      .where(and(eq(changeFreeze.id, freezeId), isNull(changeFreeze.liftedAt)))
      .returning({ id: changeFreeze.id });
    if (lifted.length === 0) {
      throw new DomainError("conflict", "This freeze is lifted already.", { reason: "not_frozen" });
    }
    return { freezeId };
  },
});
