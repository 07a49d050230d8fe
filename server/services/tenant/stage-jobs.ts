import { desc, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import type { StageJob } from "#server/domain/tenant/progress.ts";

const wasStarted = sql`${job.startedAt} is not null`;

export interface BoardJob extends StageJob {
  tenantId: string;
  stateChangedAt: Date;
  requestedBy: string;
}

/**
 * Jobs that decide the stages of one tenant, or of all tenants of a cloud: per stage the newest of each state, which is
 * all that progress looks at.
 */
export async function listStageJobs(
  tx: Tx | Db,
  of: { tenantId: string } | { cloudId: string },
): Promise<BoardJob[]> {
  const rows = await tx
    .selectDistinctOn([job.tenantId, job.stageKey, job.state, wasStarted], {
      id: job.id,
      number: job.number,
      tenantId: job.tenantId,
      stageKey: job.stageKey,
      state: job.state,
      startedAt: job.startedAt,
      resolvedAt: job.resolvedAt,
      stateChangedAt: job.stateChangedAt,
      requestedBy: job.requestedBy,
    })
    .from(job)
    .where("tenantId" in of ? eq(job.tenantId, of.tenantId) : eq(job.cloudId, of.cloudId))
    .orderBy(job.tenantId, job.stageKey, job.state, wasStarted, desc(job.number));
  return rows.map(({ startedAt, resolvedAt, ...row }) => ({
    ...row,
    wasStarted: startedAt !== null,
    isResolved: resolvedAt !== null,
  }));
}
