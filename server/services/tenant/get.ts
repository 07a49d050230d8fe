import { asc, desc, eq } from "drizzle-orm";
import { handover, secret } from "#db/schema/secret.ts";
import { finding, tenantValue } from "#db/schema/tenant.ts";
import type { Marker } from "#server/domain/marker/compute.ts";
import type { RunbookStage } from "#server/domain/runbook/runbook.ts";
import { handoverObstacle } from "#server/domain/tenant/handover.ts";
import { type StageJob, type StageProgress, stageProgress } from "#server/domain/tenant/progress.ts";
import { isOfClient, tenantIdSchema } from "#server/domain/tenant/schema.ts";
import { tenantMarkers } from "../marker/of-tenant.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { DETAIL_LIMIT } from "./limits.ts";
import { listTenantPeople } from "./people.ts";
import { readRemoval } from "./removal.ts";
import { getTenant } from "./rows.ts";
import { listTenantRunbooks } from "./stage-home.ts";
import { listStageJobs } from "./stage-jobs.ts";

/** The tenant page: stage rail, as-run reference, secrets by fingerprint, findings. */
export const readTenant = query({
  action: "tenant.read",
  input: tenantIdSchema,
  run: async (ctx, { tenantId }) => {
    const of = await getTenant(ctx.db, tenantId);
    const { tenant, cloud, version } = of;
    const { onboarding, offboarding, beside } = await listTenantRunbooks(ctx.db, version);
    const { stages } = onboarding.runbook;
    const [jobs, markers, removalMarkers, details, people] = await Promise.all([
      listStageJobs(ctx.db, { tenantId }),
      tenantMarkers(ctx.db, of, onboarding.runbook),
      offboarding && tenantMarkers(ctx.db, of, offboarding.runbook),
      readDetails(ctx, tenantId),
      listTenantPeople(ctx.db, tenantId),
    ]);
    const progress = stageProgress(
      stages.map(({ key }) => key),
      jobs,
    );
    return {
      tenant: { ...tenant, inputs: isOfClient(tenant.inputs) ? { ...tenant.inputs } : null },
      cloud: { id: cloud.id, name: cloud.name, state: cloud.state, says: cloud.says, authUrl: cloud.authUrl },
      runbook: { versionId: version.id, title: version.title, contentHash: version.contentHash },
      stages: railStages(stages, jobs, markers),
      /** What takes the tenant off the cloud again; stages of a runbook of its own. */
      offboarding: offboarding && {
        title: offboarding.runbook.title,
        slug: offboarding.runbook.slug,
        stages: railStages(offboarding.runbook.stages, jobs, removalMarkers ?? new Map()),
      },
      /** Runbooks that look, rehearse and prove; each with stages of its own. */
      beside: await Promise.all(
        beside.map(async ({ runbook }) => ({
          title: runbook.title,
          slug: runbook.slug,
          stages: railStages(runbook.stages, jobs, await tenantMarkers(ctx.db, of, runbook)),
        })),
      ),
      /** What an audit found of the tenant and what of it is left; null while nobody has audited it. */
      removal: await readRemoval(ctx.db, tenantId, offboarding?.runbook.stages.map(({ key }) => key) ?? []),
      ...details,
      people,
      handover: {
        state: details.latestHandover?.state ?? null,
        at: details.latestHandover?.revealedAt ?? null,
        may: may(ctx, "handover.reveal", { unless: obstacle(tenant.handedOverAt, [...progress.values()]) }),
      },
    };
  },
});

/** Stages of one runbook with their marker and how far this tenant is. */
function railStages(
  stages: readonly RunbookStage[],
  jobs: readonly StageJob[],
  markers: ReadonlyMap<string, Marker>,
) {
  const progress = stageProgress(
    stages.map(({ key }) => key),
    jobs,
  );
  return stages.map(({ key, title }, index) => ({
    key,
    title,
    marker: markers.get(key) ?? null,
    progress: progress.get(key) ?? null,
    opensAfter: stages[index - 1]?.title ?? null,
  }));
}

function obstacle(handedOverAt: Date | null, stages: readonly StageProgress[]): string | null {
  return handoverObstacle({
    isHandedOver: handedOverAt !== null,
    areAllPassed: stages.every(({ isPassed }) => isPassed),
  });
}

async function readDetails(ctx: Ctx, tenantId: string) {
  const [values, secrets, findings, handovers] = await Promise.all([
    ctx.db
      .selectDistinctOn([tenantValue.name])
      .from(tenantValue)
      .where(eq(tenantValue.tenantId, tenantId))
      .orderBy(asc(tenantValue.name), desc(tenantValue.id))
      .limit(DETAIL_LIMIT),
    ctx.db
      .select({
        name: secret.name,
        version: secret.version,
        fingerprint: secret.fingerprint,
        jobId: secret.jobId,
        createdAt: secret.createdAt,
        destroyedAt: secret.destroyedAt,
      })
      .from(secret)
      .where(eq(secret.tenantId, tenantId))
      .orderBy(asc(secret.name), desc(secret.version))
      .limit(DETAIL_LIMIT),
    ctx.db
      .select()
      .from(finding)
      .where(eq(finding.tenantId, tenantId))
      .orderBy(desc(finding.at))
      .limit(DETAIL_LIMIT),
    ctx.db
      .select({ state: handover.state, revealedAt: handover.revealedAt })
      .from(handover)
      .where(eq(handover.tenantId, tenantId))
      .orderBy(desc(handover.createdAt))
      .limit(1),
  ]);
  return { values, secrets, findings, latestHandover: handovers[0] ?? null };
}
