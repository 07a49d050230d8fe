import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

export type JobRow = typeof job.$inferSelect;

/** The job, locked until the transaction ends: deciders and runners queue here. */
export async function lockJob(tx: Tx, jobId: string): Promise<JobRow> {
  const [row] = await tx.select().from(job).where(eq(job.id, jobId)).for("update");
  if (!row) throw new DomainError("not_found", "There is no such job.", { reason: "not_found" });
  return row;
}

export function jobObject(row: JobRow): { kind: string; id: string } {
  return { kind: "job", id: row.id };
}

export function jobSeparation(row: JobRow): { requestedBy: string } {
  return { requestedBy: row.requestedBy };
}

/** Where a job goes once everybody has agreed: it starts by itself or is armed for its requester. */
export function nextOnceAllowed(row: Pick<JobRow, "startsOnApproval">): "queued" | "approved" {
  return row.startsOnApproval ? "queued" : "approved";
}
