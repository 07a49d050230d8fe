import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { job } from "#db/schema/job.ts";
import { recallItem } from "#db/schema/recall.ts";
import { item } from "#db/schema/register.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { RecordState } from "#server/domain/register/record.ts";
import type { RunbookStage } from "#server/domain/runbook/runbook.ts";
import { OFFBOARDING_SLUG, readRunbook } from "../runbook/published.ts";

/** Tenants that one recall looks at; a cloud of this product's size has far fewer. */
const AFFECTED_MAX = 500;

/** A tenant whose newest green run of a stage was of another text, and the item that was raised for it. */
export interface Affected {
  tenant: { id: string; slug: string; cloud: string };
  stageKey: string;
  ran: { jobId: string; number: number; stageHash: string; finishedAt: Date };
  item: { id: string; code: string; state: RecordState } | null;
}

/**
 * The tenants that were onboarded with an older text of these stages, by tenant. Those whose newest green run was of the
 * present text are not among them, nor those that were removed from their cloud since.
 */
export async function listAffected(
  db: Db | Tx,
  { slug, stages }: { slug: string; stages: readonly RunbookStage[] },
): Promise<Affected[]> {
  const [rows, removed] = await Promise.all([newestGreen(db, slug), listRemoved(db)]);
  const present = new Map(stages.map(({ key, hash }) => [key, hash]));
  const older = rows.filter(
    ({ stageKey, stageHash, tenantId }) =>
      present.has(stageKey) && present.get(stageKey) !== stageHash && !removed.has(tenantId),
  );
  const raised = await listRaised(db, slug);
  return older.slice(0, AFFECTED_MAX).flatMap(({ finishedAt, ...row }) =>
    finishedAt === null
      ? []
      : [
          {
            tenant: { id: row.tenantId, slug: row.tenantSlug, cloud: row.cloud },
            stageKey: row.stageKey,
            ran: { jobId: row.jobId, number: row.number, stageHash: row.stageHash, finishedAt },
            item: raised.get(`${row.stageKey} ${present.get(row.stageKey) ?? ""} ${row.tenantId}`) ?? null,
          },
        ],
  );
}

function newestGreen(db: Db | Tx, slug: string) {
  const newest = db
    .selectDistinctOn([job.tenantId, job.stageKey], {
      tenantId: job.tenantId,
      stageKey: job.stageKey,
      stageHash: job.stageHash,
      jobId: sql<string>`${job.id}`.as("job_id"),
      number: job.number,
      finishedAt: job.finishedAt,
    })
    .from(job)
    .innerJoin(runbookVersion, eq(runbookVersion.id, job.runbookVersionId))
    .where(and(eq(runbookVersion.slug, slug), eq(job.state, "succeeded"), isNotNull(job.finishedAt)))
    .orderBy(job.tenantId, job.stageKey, desc(job.finishedAt), desc(job.number))
    .as("newest");
  return db
    .select({
      tenantId: newest.tenantId,
      stageKey: newest.stageKey,
      stageHash: newest.stageHash,
      jobId: newest.jobId,
      number: newest.number,
      finishedAt: newest.finishedAt,
      tenantSlug: tenant.slug,
      cloud: cloud.name,
    })
    .from(newest)
    .innerJoin(tenant, eq(tenant.id, newest.tenantId))
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .orderBy(tenant.slug, cloud.name, newest.stageKey);
}

/** Tenants whose removal came to its end: nothing of them is left to be looked at. */
async function listRemoved(db: Db | Tx): Promise<ReadonlySet<string>> {
  const [newest] = await db
    .select()
    .from(runbookVersion)
    .where(eq(runbookVersion.slug, OFFBOARDING_SLUG))
    .orderBy(desc(runbookVersion.publishedAt))
    .limit(1);
  const last = newest && readRunbook(newest).stages.at(-1)?.key;
  if (last === undefined) return new Set();
  const rows = await db
    .selectDistinct({ tenantId: job.tenantId })
    .from(job)
    .innerJoin(runbookVersion, eq(runbookVersion.id, job.runbookVersionId))
    .where(
      and(eq(runbookVersion.slug, OFFBOARDING_SLUG), eq(job.stageKey, last), eq(job.state, "succeeded")),
    );
  return new Set(rows.map(({ tenantId }) => tenantId));
}

/** Items of recalls by stage, corrected text and tenant. */
async function listRaised(db: Db | Tx, slug: string): Promise<ReadonlyMap<string, Affected["item"]>> {
  const rows = await db
    .select({
      stageKey: recallItem.stageKey,
      stageHash: recallItem.stageHash,
      tenantId: recallItem.tenantId,
      id: item.id,
      code: item.code,
      state: item.state,
    })
    .from(recallItem)
    .innerJoin(item, eq(item.id, recallItem.itemId))
    .where(eq(recallItem.slug, slug));
  return new Map(
    rows.map(({ stageKey, stageHash, tenantId, ...row }) => [`${stageKey} ${stageHash} ${tenantId}`, row]),
  );
}
