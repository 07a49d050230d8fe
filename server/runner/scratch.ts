import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import type { JournaledObject } from "#server/domain/effect/classify.ts";
import { guestScratch } from "#server/domain/operation/guest.ts";

const rowSchema = z.object({ job_id: z.string(), made: z.string(), removed: z.string() });

/**
 * What the runner's own records say of scratch guests of a host: each that a job of this operation made, whose creation
 * stands as applied in its journal and was read back, and each that one removed. Documents and values on record are not
 * asked: people and runbooks could have written them.
 */
export async function listScratchByUs(db: Db, tenantId: string): Promise<JournaledObject[]> {
  const rows = await db.execute(sql`
    select distinct evidence.job_id, coalesce(evidence.values->>'made', '') as made,
      coalesce(evidence.values->>'removed', '') as removed
    from evidence
    join job on job.id = evidence.job_id
    where job.tenant_id = ${tenantId}
      and exists (
        select 1 from jsonb_array_elements(job.plan->'steps') step
        where step->>'id' = evidence.step_id and step->>'operation' = ${guestScratch.id})
      and exists (
        select 1 from journal_entry outcome
        where outcome.job_id = job.id and outcome.step_id = evidence.step_id
          and outcome.kind = 'outcome' and outcome.body->>'result' = 'applied')`);
  return rows.flatMap((row) => {
    const { job_id: jobId, made, removed } = rowSchema.parse(row);
    return [
      ...(made === "" ? [] : [{ objectId: made, writtenBy: "executor", jobId, event: "scratch" } as const]),
      ...(removed === ""
        ? []
        : [{ objectId: removed, writtenBy: "executor", jobId, event: "removed" } as const]),
    ];
  });
}
