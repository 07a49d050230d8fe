import { eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { proposal } from "#db/schema/proposal.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { proposalDigest } from "#server/domain/proposal/digest.ts";
import { handlerOf } from "./handlers.ts";

export type ProposalRow = typeof proposal.$inferSelect;

/** The proposal, locked until the transaction ends: deciders queue here. */
export async function lockProposal(tx: Tx, proposalId: string): Promise<ProposalRow> {
  const [row] = await tx.select().from(proposal).where(eq(proposal.id, proposalId)).for("update");
  if (!row) throw new DomainError("not_found", "There is no such proposal.", { reason: "not_found" });
  return row;
}

export function proposalObject(row: ProposalRow): { kind: string; id: string } {
  return { kind: "proposal", id: row.id };
}

/** The digest of the content as it is rendered now, or what stands in the way of rendering it. */
export async function digestNow(
  tx: Db | Tx,
  row: ProposalRow,
): Promise<{ digest: string; says: null } | { digest: null; says: string }> {
  try {
    const rendering = await handlerOf(row.kind).open(row.content).describe(tx);
    return { digest: proposalDigest({ ...row, rendering }), says: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { digest: null, says: error.message };
  }
}
