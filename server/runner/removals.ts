import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";

/**
 * Whether a job of this tenant removed that object: the journal holds the intent of a DELETE of exactly this path, and
 * that it took effect, or two people settled that it did.
 */
export async function wasRemovedByUs(
  db: Db,
  object: { tenantId: string; service: string; path: string },
): Promise<boolean> {
  const rows = await db.execute(sql`
    select 1 from journal_entry intent
    join job on job.id = intent.job_id
    where job.tenant_id = ${object.tenantId} and intent.kind = 'intent'
      and intent.body->>'method' = 'DELETE'
      and intent.body->>'service' = ${object.service} and intent.body->>'path' = ${object.path}
      and (job.resolution = 'happened' or exists (
        select 1 from journal_entry outcome
        where outcome.job_id = intent.job_id and outcome.call_id = intent.call_id
          and outcome.kind = 'outcome' and outcome.body->>'result' = 'applied'))
    limit 1`);
  return rows.length > 0;
}
