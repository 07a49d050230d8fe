import { asc, eq } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { tenant } from "#db/schema/tenant.ts";
import { encodeBoardCell } from "#server/domain/board/schema.ts";
import { computeMarkers } from "#server/domain/marker/compute.ts";
import { type StageProgress, stageProgress } from "#server/domain/tenant/progress.ts";
import { getNewestVersion, ONBOARDING_SLUG, readRunbook } from "../runbook/published.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { BOARD_LIMIT } from "./limits.ts";
import { listGreenRuns, listStageJobs } from "./stage-jobs.ts";

/** Tenants down, stages across, for one cloud (the first by name when none is given). */
export const readBoard = query({
  action: "tenant.read",
  input: z.strictObject({ cloudId: z.uuid().nullable() }),
  run: async (ctx, { cloudId }) => {
    const clouds = await ctx.db.select().from(cloud).orderBy(asc(cloud.name));
    const chosen = clouds.find(({ id }) => id === cloudId) ?? clouds[0];
    const create = may(ctx, "tenant.create");
    if (!chosen) return { clouds: [], cloud: null, stages: [], tenants: [], create };
    const version = await getNewestVersion(ctx.db, ONBOARDING_SLUG);
    const { stages } = readRunbook(version);
    const [tenants, jobs, runs] = await Promise.all([
      ctx.db
        .select()
        .from(tenant)
        .where(eq(tenant.cloudId, chosen.id))
        .orderBy(asc(tenant.slug))
        .limit(BOARD_LIMIT),
      listStageJobs(ctx.db, { cloudId: chosen.id }),
      listGreenRuns(ctx.db, chosen.id),
    ]);
    const markers = computeMarkers(stages, runs, chosen.id);
    const jobsByTenant = Map.groupBy(jobs, ({ tenantId }) => tenantId);
    const keys = stages.map(({ key }) => key);
    return {
      clouds: clouds.map(({ id, name, tenantPool }) => ({ id, name, tenantPool })),
      cloud: { id: chosen.id, name: chosen.name },
      stages: stages.map(({ key, title }) => ({ key, title, marker: markers.get(key) ?? null })),
      create,
      tenants: tenants.map((row) => {
        const own = jobsByTenant.get(row.id) ?? [];
        const changedAt = new Map(own.map((job) => [job.id, job.stateChangedAt]));
        const progress = stageProgress(keys, own);
        return {
          id: row.id,
          slug: row.slug,
          handedOverAt: row.handedOverAt,
          /** Encoded, in the order of the stages; see domain/board/schema.ts. */
          cells: keys.map((key) => cellOf(progress.get(key), changedAt)),
        };
      }),
    };
  },
});

function cellOf(stage: StageProgress | undefined, changedAt: ReadonlyMap<string, Date>): string {
  if (stage === undefined || stage.state === "locked") return encodeBoardCell(null);
  const { state, jobId } = stage;
  const at = jobId === null ? null : (changedAt.get(jobId)?.getTime() ?? null);
  return encodeBoardCell({ state, jobId, at });
}
