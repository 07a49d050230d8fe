import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import { blocksByHand } from "#server/domain/hand/paste.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { log } from "#server/log.ts";
import { describeError, isDatabaseAway } from "./database-error.ts";
import { DEAD_AFTER_MS, PLAN_DEADLINE_MS } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";
import { planStage, type PlanResult, type StageToPlan } from "./planner.ts";

export type PlanTask = typeof plan.$inferSelect;

/** Takes the oldest planning task that nobody works on; null when there is none. */
export async function claimPlan(parts: RunnerParts): Promise<PlanTask | null> {
  const [task] = await parts.db
    .update(plan)
    .set({ claimedBy: parts.runnerId, claimedAt: parts.now() })
    .where(
      and(
        isNull(plan.claimedBy),
        eq(plan.state, "requested"),
        sql`${plan.id} = (select p.id from plan p where p.state = 'requested' and p.claimed_by is null
          order by p.created_at limit 1 for update skip locked)`,
      ),
    )
    .returning();
  return task ?? null;
}

/** Carries out a planning task and writes what came of it. Never throws: a task that cannot be written is taken again. */
export async function runPlan(parts: RunnerParts, task: PlanTask): Promise<void> {
  try {
    const { tenantId, stageKey } = task;
    const wanted = { tenantId, stageKey, ...(await findFrozen(parts.db, task)) };
    await writeResult(parts, task, await planWithDeadline(parts, wanted));
  } catch (error) {
    log.error({ problem: describeError(error), planId: task.id }, "a plan could not be made or written");
    // Without a database there is nothing to write; the task is taken up again when this runner is seen as dead.
    if (!isDatabaseAway(error)) await writeResult(parts, task, BROKEN).catch(() => undefined);
    else await giveBack(parts, task);
  }
}

/** Planning tasks whose runner is gone are free again. */
export async function freeAbandonedPlans(db: Db): Promise<void> {
  await db
    .update(plan)
    .set({ claimedBy: null, claimedAt: null })
    .where(
      and(
        eq(plan.state, "requested"),
        isNotNull(plan.claimedBy),
        sql`not exists (select 1 from runner r where r.id = ${plan.claimedBy} and r.stopped_at is null
          and r.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_MS / 1000}))`,
      ),
    );
}

const BROKEN: PlanResult = {
  kind: "failed",
  says: "The runner met an error of its own while planning. Nothing was changed.",
  advice: "Preview again. If it stays, look at the runner's log.",
};

const TOO_LONG: PlanResult = {
  kind: "failed",
  says: `The cloud did not answer everything within ${PLAN_DEADLINE_MS / 1000} seconds. Nothing was changed.`,
  advice: "Preview again when the cloud is quicker.",
};

/** Plans a stage, and gives up where the cloud takes too long. */
export async function planWithDeadline(parts: RunnerParts, wanted: StageToPlan): Promise<PlanResult> {
  const deadline = new AbortController();
  const late = parts.wait(PLAN_DEADLINE_MS, deadline.signal).then(
    () => TOO_LONG,
    () => TOO_LONG, // aborted: the plan was there first
  );
  try {
    return await Promise.race([planStage(parts, wanted), late]);
  } finally {
    deadline.abort();
  }
}

/** A comparison is made with the runbook that the request was frozen with, not with a newer one, and as it was chosen then. */
async function findFrozen(db: Db, task: PlanTask): Promise<Pick<StageToPlan, "runbookVersionId" | "byHand">> {
  const { jobId, byHand } = task;
  const [row] = jobId === null ? [] : await db.select().from(job).where(eq(job.id, jobId));
  if (row === undefined) return { runbookVersionId: null, byHand };
  return {
    runbookVersionId: row.runbookVersionId,
    byHand: blocksByHand(stagePlanSchema.parse(row.plan)),
  };
}

async function writeResult(parts: RunnerParts, task: PlanTask, result: PlanResult): Promise<void> {
  const isReady = result.kind === "ready";
  await parts.db
    .update(plan)
    .set({
      state: result.kind,
      content: isReady ? result.plan : null,
      contentDigest: isReady ? result.contentDigest : null,
      effect: isReady ? result.plan.effect : null,
      says: isReady ? null : result.says,
      advice: isReady ? null : result.advice,
      finishedAt: parts.now(),
    })
    .where(and(eq(plan.id, task.id), eq(plan.state, "requested"), eq(plan.claimedBy, parts.runnerId)));
}

async function giveBack(parts: RunnerParts, task: PlanTask): Promise<void> {
  await parts.db
    .update(plan)
    .set({ claimedBy: null, claimedAt: null })
    .where(and(eq(plan.id, task.id), eq(plan.state, "requested")))
    .catch(() => undefined); // still away; freed with this runner's heartbeat
}
