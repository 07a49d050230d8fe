import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { standingApproval } from "#db/schema/standing.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import {
  proposeStandingWithdrawalSchema,
  standingContentSchema,
  standingWithdrawalSchema,
} from "#server/domain/standing/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { getStanding } from "./rows.ts";

/** Ends a standing approval, by two people as it was made. What used it and has not begun does not begin. */
export const standingWithdraw = proposalKind({
  kind: "standing.withdraw",
  actions: { propose: "standing.propose", decide: "standing.decide" },
  content: standingWithdrawalSchema,
  describe: async (tx, { standingId }) => {
    const row = await getStanding(tx, standingId);
    if (row.withdrawnAt !== null) throw withdrawnAlready();
    const { name } = standingContentSchema.parse(row.content);
    return {
      title: `Withdraw standing approval ${row.number}`,
      says: "Each of these changes takes a second person's approval again. What used it and has not begun does not begin.",
      before: [`"${name}" may run without a fresh approval.`],
      after: [`"${name}" takes a second person's approval each time.`],
    };
  },
  apply: async (tx, { standingId }, { proposalId, at }) => {
    await withdrawStanding(tx, { standingId, proposalId, at });
    return { standingId };
  },
});

/** Asks to end a standing approval. */
export const proposeStandingWithdrawal = proposeVerb(standingWithdraw, proposeStandingWithdrawalSchema);

/** The one writer of the end; of two the second is told. */
export async function withdrawStanding(
  tx: Tx,
  { standingId, proposalId, at }: { standingId: string; proposalId: string; at: Date },
): Promise<void> {
  const ended = await tx
    .update(standingApproval)
    .set({ withdrawnBy: proposalId, withdrawnAt: at })
    .where(and(eq(standingApproval.id, standingId), isNull(standingApproval.withdrawnAt)))
    .returning({ id: standingApproval.id });
  if (ended.length === 0) throw withdrawnAlready();
}

function withdrawnAlready(): DomainError {
  return new DomainError("conflict", "That standing approval was withdrawn. Nothing was changed.", {
    reason: "withdrawn",
  });
}
