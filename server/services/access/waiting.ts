import { and, desc, eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { proposal } from "#db/schema/proposal.ts";
import type { ProposalKind } from "#server/domain/proposal/states.ts";

const WAITING_LIMIT = 50;

/** Proposals of a kind that wait for a second person. */
export async function listWaitingOf(db: Db, kind: ProposalKind) {
  const rows = await db
    .select({ id: proposal.id, number: proposal.number, rendering: proposal.rendering })
    .from(proposal)
    .where(and(eq(proposal.kind, kind), eq(proposal.state, "awaiting")))
    .orderBy(desc(proposal.number))
    .limit(WAITING_LIMIT);
  return rows.map(({ rendering, ...row }) => ({ ...row, title: rendering.title }));
}
