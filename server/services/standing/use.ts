import { desc, eq, and } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { plan } from "#db/schema/plan.ts";
import { standingUse } from "#db/schema/standing.ts";
import { decideRecheck } from "#server/domain/approval/decide.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { standingApprovers, standingObstacle } from "#server/domain/standing/decide.ts";
import { takeStandingSchema } from "#server/domain/standing/schema.ts";
import { readApproverFacts } from "../job/approver-facts.ts";
import { requireJobDecision } from "../job/decision.ts";
import { requireMayStart } from "../job/may-start.ts";
import { moveJob } from "../job/move.ts";
import { type JobRow, jobObject, jobSeparation, lockJob, nextOnceAllowed } from "../job/rows.ts";
import { findJobHolding } from "../gate/holding.ts";
import { verb } from "../verb.ts";
import { countUses, lockStanding, readStandingFacts } from "./rows.ts";

/**
 * Lets a waiting job go on under a standing approval in place of a fresh one: the requester's own act, on the plan as it
 * is shown and just now compared with the cloud. Takes one of its uses; two jobs never share one.
 */
export const takeStanding = verb({
  action: "job.use_standing",
  input: takeStandingSchema,
  load: async (tx, { jobId }) => {
    const row = await lockJob(tx, jobId);
    return { ...row, heldBy: await findJobHolding(tx, row) };
  },
  object: jobObject,
  separation: (row) => ({ ...jobSeparation(row), heldBy: row.heldBy }),
  run: async (tx, { person, input, row, at }) => {
    await requireReady(tx, row, { digest: input.digest, at });
    const standing = await lockStanding(tx, input.standingId);
    const facts = await readStandingFacts(tx, standing);
    const { requirement, separation } = await readApproverFacts(tx, row);
    const frozen = stagePlanSchema.parse(row.plan);
    const obstacle = standingObstacle(facts, { plan: frozen, requirement, separation, at });
    if (obstacle !== null) {
      throw new DomainError(
        "conflict",
        `${obstacle.says} Nothing was started; a second person can approve it.`,
        {
          reason: obstacle.reason,
        },
      );
    }
    const use = (await countUses(tx, standing.id)) + 1;
    if (use > standing.maxUses) {
      throw new DomainError(
        "conflict",
        "The standing approval is used up. Nothing was started; a second person can approve it.",
        { reason: "used_up" },
      );
    }
    await requireMayStart(tx, requirement, at);
    const decision = await requireJobDecision(tx, {
      person,
      action: "job.use_standing",
      row,
      separation: jobSeparation(row),
      at,
      context: { standing: standing.id, use },
    });
    const { id: jobId, digest, requestedBy } = row;
    const { sessionId } = person;
    await tx
      .insert(standingUse)
      .values({ jobId, digest, requestedBy, standingId: standing.id, use, sessionId, at });
    const to = nextOnceAllowed(row);
    await moveJob(tx, { jobId, from: row.state, to, at }, to === "queued" ? { queuedAt: at } : {});
    const approvedBy = standingApprovers(facts, separation);
    return {
      output: { state: to },
      audit: { digest, standing: standing.id, number: standing.number, use, approvedBy, decision },
    };
  },
});

/** The same as for a fresh approval: it waits, has not expired, is what the page shows, and the world has not moved. */
async function requireReady(tx: Tx, row: JobRow, given: { digest: string; at: Date }): Promise<void> {
  const refuse = (reason: string, says: string) => new DomainError("conflict", says, { reason });
  if (row.state !== "awaiting_approval") {
    throw refuse("not_waiting", "This request is not waiting for a decision any more. Nothing was changed.");
  }
  if (given.at >= row.expiresAt) {
    throw refuse("expired", "This request has expired. Its requester has to ask again.");
  }
  if (given.digest !== row.digest) {
    throw new DomainError("stale", "Your page shows another plan than the one on record. Reload it.", {
      reason: "stale",
    });
  }
  const [newest] = await tx
    .select()
    .from(plan)
    .where(and(eq(plan.jobId, row.id), eq(plan.purpose, "recheck")))
    .orderBy(desc(plan.createdAt))
    .limit(1);
  const recheck = newest ? { ...newest, at: newest.finishedAt ?? newest.createdAt } : null;
  const refusal = decideRecheck({ recheck, contentDigest: row.contentDigest }, given.at);
  if (refusal !== null) throw refuse(refusal.reason, refusal.says);
}
