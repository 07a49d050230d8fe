import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { standingUse } from "#db/schema/standing.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { Separation } from "#server/domain/policy/decide.ts";
import type { Requirement } from "#server/domain/rule/requirement.ts";
import { standingApprovers, standingObstacle } from "#server/domain/standing/decide.ts";
import { lockStanding, readStandingFacts } from "#server/services/standing/rows.ts";
import type { AuthorityFacts } from "./authority.ts";
import type { JobRow } from "./run.ts";

/**
 * Whether the standing approval that a job went on under still holds: its people, its time, what it covers, and that
 * nobody withdrew it. Locked, so that a withdrawal comes before the start or waits for it. Null: the job took none.
 */
export async function readStandingNow(
  tx: Tx,
  row: JobRow,
  given: { requirement: Requirement | null; separation: Separation; at: Date },
): Promise<AuthorityFacts["standing"]> {
  const [used] = await tx.select().from(standingUse).where(eq(standingUse.jobId, row.id));
  if (!used || used.digest !== row.digest) return null;
  const facts = await readStandingFacts(tx, await lockStanding(tx, used.standingId));
  return {
    obstacle: standingObstacle(facts, { plan: stagePlanSchema.parse(row.plan), ...given }),
    approvedBy: standingApprovers(facts, given.separation),
  };
}
