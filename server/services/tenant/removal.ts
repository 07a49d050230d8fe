import { and, desc, eq, inArray, isNotNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { job, journalEntry } from "#db/schema/job.ts";
import { tenantValue } from "#db/schema/tenant.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { removalNow } from "#server/domain/removal/progress.ts";
import * as z from "zod";

/** Runs that are looked at: an audit, its stages, and several that stopped in between. */
const RUNS_MAX = 20;

const outcomeSchema = z.looseObject({ result: z.string() });

/** What the newest audit found of a tenant and what of it is left; null while nobody has audited it. */
export async function readRemoval(tx: Tx | Db, tenantId: string, stageKeys: readonly string[]) {
  if (stageKeys.length === 0) return null;
  const jobs = await tx
    .select({ id: job.id, number: job.number, plan: job.plan, at: job.startedAt, stageKey: job.stageKey })
    .from(job)
    .where(and(eq(job.tenantId, tenantId), inArray(job.stageKey, [...stageKeys]), isNotNull(job.startedAt)))
    .orderBy(desc(job.number))
    .limit(RUNS_MAX);
  if (jobs.length === 0) return null;
  const outcomes = await tx
    .select({ jobId: journalEntry.jobId, callId: journalEntry.callId, body: journalEntry.body })
    .from(journalEntry)
    .where(
      and(
        inArray(
          journalEntry.jobId,
          jobs.map(({ id }) => id),
        ),
        eq(journalEntry.kind, "outcome"),
      ),
    );
  const now = removalNow(
    jobs.map(({ id, plan }) => ({
      plan: stagePlanSchema.parse(plan),
      applied: outcomes.flatMap(({ jobId, callId, body }) =>
        jobId === id && callId !== null && outcomeSchema.safeParse(body).data?.result === "applied"
          ? [callId]
          : [],
      ),
    })),
  );
  const base = now === null ? undefined : jobs[now.at];
  if (now === null || base === undefined) return null;
  return {
    jobId: base.id,
    number: base.number,
    at: base.at,
    things: now.things,
    left: now.things.filter(({ state }) => state !== "gone").length,
    proof: await findProof(tx, tenantId),
  };
}

/** The second audit, made after the domain was deleted; null before. */
async function findProof(tx: Tx | Db, tenantId: string) {
  const rows = await tx
    .selectDistinctOn([tenantValue.name])
    .from(tenantValue)
    .where(
      and(eq(tenantValue.tenantId, tenantId), inArray(tenantValue.name, ["tenant_domain", "tenant_left"])),
    )
    .orderBy(tenantValue.name, desc(tenantValue.id));
  const valueOf = (name: string) => rows.find((row) => row.name === name);
  const [domain, left] = [valueOf("tenant_domain"), valueOf("tenant_left")];
  if (domain?.value !== "gone" || typeof left?.value !== "number") return null;
  return { left: left.value, at: left.at, jobId: left.jobId };
}
