import { and, eq, lte } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { proposal } from "#db/schema/proposal.ts";
import type { Actor } from "#server/domain/policy/decide.ts";
import { appendAudit } from "../audit/append.ts";
import { moveProposal } from "./decide.ts";

/** Ends proposals whose time is over. Time can only deny. */
export async function expireProposals(db: Db, by: { actor: Actor; at: Date }): Promise<number> {
  const isDue = and(eq(proposal.state, "awaiting"), lte(proposal.expiresAt, by.at));
  const due = await db.select({ id: proposal.id }).from(proposal).where(isDue).limit(100);
  for (const { id } of due) {
    await db.transaction(async (tx) => {
      const [row] = await tx
        .select()
        .from(proposal)
        .where(and(eq(proposal.id, id), isDue))
        .for("update", { skipLocked: true });
      if (!row) return;
      await moveProposal(tx, row, { state: "expired" });
      await appendAudit(tx, {
        ...by,
        action: "proposal.expired",
        outcome: "done",
        objectKind: "proposal",
        objectId: id,
        details: { kind: row.kind, number: row.number },
      });
    });
  }
  return due.length;
}
