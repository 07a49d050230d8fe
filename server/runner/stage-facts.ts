import { desc, eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { tenant, tenantValue } from "#db/schema/tenant.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { Runbook, RunbookStage } from "#server/domain/runbook/runbook.ts";
import { type StageProgress, stageProgress } from "#server/domain/tenant/progress.ts";
import type { PlaceInputs } from "#server/domain/tenant/schema.ts";
import { readRunbook, type RunbookVersionRow } from "#server/services/runbook/published.ts";
import { findStageHome } from "#server/services/tenant/stage-home.ts";
import { listStageJobs } from "#server/services/tenant/stage-jobs.ts";
import { type Continuation, findContinuation } from "./continuation.ts";

/** Everything on record that one stage of one tenant is planned and judged with. */
export interface StageFacts {
  tenant: { id: string; slug: string; handedOverAt: Date | null; inputs: PlaceInputs };
  cloud: { id: string; name: string };
  runbook: Runbook;
  stage: RunbookStage;
  /** The stage before this one and how far it is; null for the first. */
  before: { stage: RunbookStage; progress: StageProgress | undefined } | null;
  /** As-run values: the newest of each name. */
  saved: Map<string, Json>;
  /** The failed job that the stage goes on from, as a person chose; null where it begins anew. */
  continues: Continuation | null;
}

/** A text that is being written, and what its stages before this one would save. */
export interface DraftToPlan {
  runbook: Runbook;
  foreseen: ReadonlyMap<string, Json>;
}

/** Null when the runbook of that version has no such stage. */
export async function findStageFacts(
  db: Db,
  wanted: { tenantId: string; stageKey: string; runbookVersionId: string | null; draft?: DraftToPlan },
): Promise<StageFacts | null> {
  const [row] = await db
    .select({ tenant, cloud })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .where(eq(tenant.id, wanted.tenantId));
  assert(row, "a plan and a job name an existing tenant");
  const [version, jobs, saved, continues] = await Promise.all([
    getVersion(db, wanted.runbookVersionId ?? row.tenant.runbookVersionId),
    listStageJobs(db, { tenantId: wanted.tenantId }),
    listSaved(db, wanted.tenantId),
    findContinuation(db, wanted),
  ]);
  if (wanted.draft !== undefined) {
    const { runbook, foreseen } = wanted.draft;
    const stage = runbook.stages.find(({ key }) => key === wanted.stageKey);
    // A text that is being written has no run to go on from, and each of its stages is looked at by itself.
    const own = {
      tenant: row.tenant,
      cloud: row.cloud,
      runbook,
      before: null,
      continues: null,
    };
    return stage === undefined ? null : { ...own, stage, saved: new Map([...saved, ...foreseen]) };
  }
  // A job runs from the version it was frozen with; a preview from whichever of the tenant's runbooks has the stage.
  const home =
    wanted.runbookVersionId === null
      ? await findStageHome(db, { onboarding: version, stageKey: wanted.stageKey })
      : { version, runbook: readRunbook(version) };
  if (home === null) return null;
  const { runbook } = home;
  const index = runbook.stages.findIndex(({ key }) => key === wanted.stageKey);
  const stage = runbook.stages[index];
  if (stage === undefined) return null;
  const previous = runbook.stages[index - 1];
  const progress = stageProgress(
    runbook.stages.map(({ key }) => key),
    jobs,
  );
  return {
    tenant: row.tenant,
    cloud: row.cloud,
    runbook,
    stage,
    before: previous ? { stage: previous, progress: progress.get(previous.key) } : null,
    saved,
    continues,
  };
}

async function getVersion(db: Db, id: string): Promise<RunbookVersionRow> {
  const [version] = await db.select().from(runbookVersion).where(eq(runbookVersion.id, id));
  assert(version, "a tenant and a job name a published runbook");
  return version;
}

async function listSaved(db: Db, tenantId: string): Promise<Map<string, Json>> {
  const rows = await db
    .selectDistinctOn([tenantValue.name], { name: tenantValue.name, value: tenantValue.value })
    .from(tenantValue)
    .where(eq(tenantValue.tenantId, tenantId))
    .orderBy(tenantValue.name, desc(tenantValue.id));
  return new Map(rows.map(({ name, value }) => [name, value]));
}

/** What templates and gates may name, apart from a run's own steps. */
export function scopeOf(facts: Pick<StageFacts, "tenant">, saved: ReadonlyMap<string, Json>) {
  const { id, slug, inputs } = facts.tenant;
  return { tenant: { id, slug }, inputs: { ...inputs }, saved: Object.fromEntries(saved) };
}
