import { and, desc, eq } from "drizzle-orm";
import { gateResult, job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { plan } from "#db/schema/plan.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { stageRefSchema } from "#server/domain/job/schema.ts";
import { stageProgress } from "#server/domain/tenant/progress.ts";
import { tenantMarkers } from "../marker/of-tenant.ts";
import { may } from "../may.ts";
import { readHeld } from "../gate/held.ts";
import { listSaid } from "../hand/rows.ts";
import { heldByGates, listHoldingGates, sceneOfStage } from "../gate/holding.ts";
import { describeOperations } from "../runbook/operations.ts";
import { OFFBOARDING_SLUG } from "../runbook/published.ts";
import { type Ctx, query } from "../verb.ts";
import { stageObstacle } from "./obstacle.ts";
import { getTenant } from "./rows.ts";
import { findStageHome } from "./stage-home.ts";
import { listStageJobs } from "./stage-jobs.ts";

/** One stage of one tenant: prose, blocks, the newest preview, its jobs, and what I may do. */
export const readStage = query({
  action: "tenant.read",
  input: stageRefSchema,
  run: async (ctx, { tenantId, stageKey }) => {
    const of = await getTenant(ctx.db, tenantId);
    const { tenant, version } = of;
    const home = await findStageHome(ctx.db, { onboarding: version, stageKey });
    if (!home) throw new DomainError("not_found", "The runbook has no such stage.", { reason: "not_found" });
    const { stage } = home;
    const { stages } = home.runbook;
    const [stageJobs, markers, recent, latestPlan, gates] = await Promise.all([
      listStageJobs(ctx.db, { tenantId }),
      tenantMarkers(ctx.db, of, home.runbook),
      listRecentJobs(ctx, { tenantId, stageKey }),
      findLatestPreview(ctx, { tenantId, stageKey }),
      listHoldingGates(ctx.db),
    ]);
    const heldBy = heldByGates(gates, sceneOfStage(of, home));
    const progress = stageProgress(
      stages.map(({ key }) => key),
      stageJobs,
    );
    const unless = stageObstacle(stages, progress, {
      stageKey,
      isHandedOver: home.version.slug !== OFFBOARDING_SLUG && tenant.handedOverAt !== null,
    });
    return {
      key: stage.key,
      title: stage.title,
      parts: stage.parts,
      operations: describeOperations([stage]),
      marker: markers.get(stageKey) ?? null,
      progress: progress.get(stageKey) ?? null,
      latestPlan,
      jobs: recent.jobs,
      latestGate: recent.latestGate,
      /** What people attested of steps by hand in the newest job that has any. */
      said: await listNewestSaid(ctx, recent.jobs),
      /** Items without a ruling that cover the stage, and who could rule; null when there are none. */
      held: await readHeld(ctx, heldBy),
      may: {
        preview: may(ctx, "plan.preview", { separation: { heldBy }, unless }),
        request: may(ctx, "job.request", { separation: { heldBy }, unless }),
        run: may(ctx, "job.run_read", { separation: { heldBy }, unless }),
        enterFinding: may(ctx, "item.create"),
      },
    };
  },
});

async function listRecentJobs(ctx: Ctx, of: { tenantId: string; stageKey: string }) {
  const jobs = await ctx.db
    .select({
      id: job.id,
      number: job.number,
      state: job.state,
      effect: job.effect,
      requestedBy: person.name,
      requestedAt: job.requestedAt,
      finishedAt: job.finishedAt,
      outcomeSays: job.outcomeSays,
    })
    .from(job)
    .innerJoin(person, eq(person.id, job.requestedBy))
    .where(and(eq(job.tenantId, of.tenantId), eq(job.stageKey, of.stageKey)))
    .orderBy(desc(job.number))
    .limit(20);
  const [latestGate] = await ctx.db
    .select({
      jobId: gateResult.jobId,
      passed: gateResult.passed,
      assertions: gateResult.assertions,
      at: gateResult.at,
    })
    .from(gateResult)
    .innerJoin(job, eq(job.id, gateResult.jobId))
    .where(and(eq(job.tenantId, of.tenantId), eq(job.stageKey, of.stageKey)))
    .orderBy(desc(gateResult.at))
    .limit(1);
  return { jobs, latestGate: latestGate ?? null };
}

/** Whoever may not read jobs reads nothing of what people said in them. */
async function listNewestSaid(ctx: Ctx, jobs: readonly { id: string }[]) {
  if (!may(ctx, "job.read").allowed) return [];
  const said = await listSaid(
    ctx.db,
    jobs.map(({ id }) => id),
  );
  const newest = jobs.find(({ id }) => said.some(({ jobId }) => jobId === id));
  return said.filter(({ jobId }) => jobId === newest?.id);
}

async function findLatestPreview(ctx: Ctx, of: { tenantId: string; stageKey: string }) {
  const [row] = await ctx.db
    .select({ id: plan.id, state: plan.state, createdAt: plan.createdAt })
    .from(plan)
    .where(and(eq(plan.tenantId, of.tenantId), eq(plan.stageKey, of.stageKey), eq(plan.purpose, "preview")))
    .orderBy(desc(plan.createdAt))
    .limit(1);
  return row ?? null;
}
