import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { approval, job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import type { GreenRun } from "#server/domain/marker/compute.ts";
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

/** The newest green run of every stage content on a cloud: what markers are computed from. */
export async function listGreenRuns(tx: Tx | Db, cloudId: string): Promise<GreenRun[]> {
  const rows = await tx
    .selectDistinctOn([job.stageKey, job.stageHash], {
      jobId: job.id,
      stageKey: job.stageKey,
      stageHash: job.stageHash,
      cloudId: job.cloudId,
      finishedAt: job.finishedAt,
      requestedBy: person.name,
    })
    .from(job)
    .innerJoin(person, eq(person.id, job.requestedBy))
    .where(and(eq(job.cloudId, cloudId), eq(job.state, "succeeded")))
    .orderBy(job.stageKey, job.stageHash, desc(job.finishedAt));
  const approvers = await listApprovers(
    tx,
    rows.map(({ jobId }) => jobId),
  );
  return rows.flatMap(({ finishedAt, ...row }) =>
    finishedAt === null ? [] : [{ ...row, finishedAt, approvedBy: approvers.get(row.jobId) ?? null }],
  );
}

async function listApprovers(tx: Tx | Db, jobIds: readonly string[]): Promise<Map<string, string>> {
  if (jobIds.length === 0) return new Map();
  const rows = await tx
    .select({ jobId: approval.jobId, name: person.name })
    .from(approval)
    .innerJoin(person, eq(person.id, approval.personId))
    .where(and(inArray(approval.jobId, [...jobIds]), eq(approval.decision, "approve")));
  return new Map(rows.map(({ jobId, name }) => [jobId, name]));
}
