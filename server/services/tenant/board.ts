import { asc, eq } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { person } from "#db/schema/person.ts";
import { tenant } from "#db/schema/tenant.ts";
import { encodeBoardCell } from "#server/domain/board/schema.ts";
import type { ChainedStage } from "#server/domain/marker/chain.ts";
import {
  computeMarkers,
  type Marker,
  NOTHING_PROVEN,
  type Scope,
  type Weighed,
} from "#server/domain/marker/compute.ts";
import { encodeProofs } from "#server/domain/marker/schema.ts";
import { type StageProgress, stageProgress } from "#server/domain/tenant/progress.ts";
import { listBrokenOn } from "../break-glass/rows.ts";
import { chainedStages, listChained, loadEvidence } from "../marker/evidence.ts";
import { getNewestVersion, ONBOARDING_SLUG, readRunbook } from "../runbook/published.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { BOARD_LIMIT } from "./limits.ts";
import { type BoardJob, listStageJobs } from "./stage-jobs.ts";

const NOBODY: string[] = [];

/** Tenants down, stages across, for one cloud (the first by name when none is given). */
export const readBoard = query({
  action: "tenant.read",
  input: z.strictObject({ cloudId: z.uuid().nullable() }),
  run: async (ctx, { cloudId }) => {
    const clouds = await ctx.db
      .select()
      .from(cloud)
      .where(eq(cloud.kind, "openstack"))
      .orderBy(asc(cloud.name));
    const chosen = clouds.find(({ id }) => id === cloudId) ?? clouds[0];
    const create = may(ctx, "tenant.create");
    if (!chosen) return { clouds: [], cloud: null, stages: [], people: NOBODY, tenants: [], create };
    const version = await getNewestVersion(ctx.db, ONBOARDING_SLUG);
    const runbook = readRunbook(version);
    const { stages } = runbook;
    const [tenants, jobs, evidence, people, broken] = await Promise.all([
      ctx.db
        .select()
        .from(tenant)
        .where(eq(tenant.cloudId, chosen.id))
        .orderBy(asc(tenant.slug))
        .limit(BOARD_LIMIT),
      listStageJobs(ctx.db, { cloudId: chosen.id }),
      loadEvidence(ctx.db, { slug: ONBOARDING_SLUG, cloudId: chosen.id, tenants: "all" }),
      ctx.db.select({ id: person.id, name: person.name }).from(person).orderBy(asc(person.createdAt)),
      listBrokenOn(ctx.db, chosen.id),
    ]);
    const scope = { cloud: { id: chosen.id, name: chosen.name }, runbookSlug: ONBOARDING_SLUG };
    const markers = computeMarkers(chainedStages(runbook), evidence, scope);
    const versions = await listChained(ctx.db, [...new Set(tenants.map((row) => row.runbookVersionId))]);
    const jobsByTenant = Map.groupBy(jobs, ({ tenantId }) => tenantId);
    const keys = stages.map(({ key }) => key);
    const placeOf = new Map(people.map(({ id }, place) => [id, place]));
    return {
      clouds: clouds.map(({ id, name, tenantPool }) => ({ id, name, tenantPool })),
      cloud: { id: chosen.id, name: chosen.name },
      stages: stages.map(({ key, title }) => ({ key, title, marker: markers.get(key) ?? null })),
      create,
      /** Whom the cells name by place. */
      people: people.map(({ name }) => name),
      tenants: tenants.map((row) => {
        const own = jobsByTenant.get(row.id) ?? [];
        const jobOf = new Map(own.map((job) => [job.id, job]));
        const progress = stageProgress(keys, own);
        return {
          id: row.id,
          slug: row.slug,
          handedOverAt: row.handedOverAt,
          /** Encoded, in the order of the stages; see domain/board/schema.ts. */
          cells: keys.map((key) => cellOf({ stage: progress.get(key), jobOf, placeOf, broken })),
          /** What is proven of each stage in the tenant's own version; see domain/marker/schema.ts. */
          proofs: proofsOf(keys, {
            columns: markers,
            own: versions.get(row.runbookVersionId) ?? [],
            evidence,
            scope: { ...scope, tenant: { id: row.id, slug: row.slug } },
          }),
        };
      }),
    };
  },
});

function proofsOf(
  keys: readonly string[],
  of: {
    columns: ReadonlyMap<string, Marker>;
    own: readonly ChainedStage[];
    evidence: Weighed;
    scope: Scope;
  },
): string {
  const own = computeMarkers(of.own, of.evidence, of.scope);
  const columns = keys.map((key) => of.columns.get(key) ?? NOTHING_PROVEN);
  return encodeProofs(
    keys.map((key) => own.get(key) ?? NOTHING_PROVEN),
    columns,
  );
}

function cellOf(of: {
  stage: StageProgress | undefined;
  jobOf: ReadonlyMap<string, BoardJob>;
  placeOf: ReadonlyMap<string, number>;
  /** Jobs that an emergency let go. */
  broken: ReadonlySet<string>;
}): string {
  if (of.stage === undefined || of.stage.state === "locked") return encodeBoardCell(null);
  const { state, jobId } = of.stage;
  const job = jobId === null ? undefined : of.jobOf.get(jobId);
  const by = job === undefined ? null : (of.placeOf.get(job.requestedBy) ?? null);
  const isEmergency = jobId !== null && of.broken.has(jobId);
  return encodeBoardCell({ state, jobId, at: job?.stateChangedAt.getTime() ?? null, by, isEmergency });
}
