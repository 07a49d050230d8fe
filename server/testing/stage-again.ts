import { randomBytes, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { connect } from "#db/client.ts";
import { approval, job } from "#db/schema/job.ts";
import { requestDigest } from "#server/domain/plan/digest.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { Bench } from "./runner-bench.ts";

type JobRow = typeof job.$inferSelect;

/** One approved stage of one tenant that can be run again and again, each time as a job of its own. */
export interface StageAgain {
  tenantId: string;
  stageKey: string;
  /** A queued and approved job. */
  queue(): Promise<string>;
  /** Takes away what a job of it left in the database, so that the next one meets what this one met. */
  forget(jobId: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Prepares a stage that is open for the tenant: previewed, requested and approved once. Later jobs are copies under ids,
 * nonces and digests of their own.
 */
export async function prepareStage(bench: Bench, tenantId: string, stageKey: string): Promise<StageAgain> {
  const { db } = bench.database;
  const first = await bench.queue(await bench.preview(tenantId, stageKey));
  const model = await bench.getJob(first);
  const [given] = await db.select().from(approval).where(eq(approval.jobId, first));
  const owner = connect(bench.database.ownerUrl, { max: 1 });
  await db.update(job).set({ state: "cancelled", finishedAt: new Date() }).where(eq(job.id, first));
  return {
    tenantId,
    stageKey,
    async queue() {
      const row = copyOf(model);
      const { id, digest } = row;
      // At once: a runner that looks meanwhile would find a job that nobody approved.
      await db.transaction(async (tx) => {
        await tx.insert(job).values(row);
        if (given) await tx.insert(approval).values({ ...given, id: randomUUID(), jobId: id, digest });
      });
      return row.id;
    },
    async forget(jobId) {
      const { sql } = owner;
      for (const table of ["tenant_value", "secret", "finding"]) {
        await sql`delete from ${sql(table)} where job_id = ${jobId}`;
      }
      await sql`update job set resolved_at = now() where id = ${jobId} and state = 'outcome_unknown'`;
      await sql`delete from lease where job_id = ${jobId}`;
    },
    close: () => owner.close(),
  };
}

function copyOf({
  number: _number,
  ...model
}: JobRow): typeof job.$inferInsert & { id: string; digest: string } {
  const id = randomUUID();
  const nonce = randomBytes(24).toString("base64url");
  const { expiresAt } = model;
  const digest = requestDigest(stagePlanSchema.parse(model.plan), { jobId: id, nonce, expiresAt });
  return {
    ...model,
    id,
    nonce,
    digest,
    idempotencyKey: randomUUID(),
    state: "queued",
    queuedAt: new Date(),
    consumedAt: null,
    startedAt: null,
    finishedAt: null,
    outcomeSays: null,
    outcomeAdvice: null,
  };
}
