import { randomUUID } from "node:crypto";
import { and, desc, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { approval } from "#db/schema/job.ts";
import { person as personTable } from "#db/schema/person.ts";
import { plan } from "#db/schema/plan.ts";
import { decideApproval, mutatingCalls } from "#server/domain/approval/decide.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { approveJobSchema } from "#server/domain/job/schema.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { verb } from "../verb.ts";
import { moveJob } from "./move.ts";
import { type JobRow, nextOnceAllowed, jobObject, jobSeparation, lockJob } from "./rows.ts";

/** Approves exactly one frozen plan, as another person than the one who asked. Queues the job or arms it. */
export const approveJob = verb({
  action: "job.approve",
  input: approveJobSchema,
  load: (tx, { jobId }) => lockJob(tx, jobId),
  object: jobObject,
  separation: jobSeparation,
  run: async (tx, { person, input, row, at }) => {
    requireTypedTarget(row, input.typedTarget);
    const verdict = decideApproval(await approvalFacts(tx, row), input, at);
    if (verdict.kind === "refused") {
      throw new DomainError(verdict.reason === "stale" ? "stale" : "conflict", verdict.says, {
        reason: verdict.reason,
      });
    }
    await tx.insert(approval).values({
      id: randomUUID(),
      jobId: row.id,
      digest: input.digest,
      requestedBy: row.requestedBy,
      personId: person.personId,
      sessionId: person.sessionId,
      decision: "approve",
      tickedCallIds: input.tickedCallIds,
      reason: input.reason,
      at,
    });
    // What destroys is not let go by an approval: a key outside the console has to sign it as well.
    const to = row.effect === "destroy" ? "awaiting_signature" : nextOnceAllowed(row);
    await moveJob(tx, { jobId: row.id, from: row.state, to, at }, to === "queued" ? { queuedAt: at } : {});
    return {
      output: { state: to },
      audit: { digest: row.digest, reason: input.reason, ticked: input.tickedCallIds },
    };
  },
});

/** A name typed by hand shows that the approver knows what is going to be gone. */
function requireTypedTarget(row: JobRow, typed: string | undefined): void {
  if (row.effect !== "destroy" || typed === stagePlanSchema.parse(row.plan).tenant.slug) return;
  throw new DomainError(
    "invalid",
    "Type the tenant's name exactly: this plan destroys what belongs to it. Nothing was approved.",
    { reason: "target_not_typed", field: "typedTarget" },
  );
}

async function approvalFacts(tx: Tx, row: JobRow) {
  const [requester] = await tx
    .select({ id: personTable.id })
    .from(personTable)
    .where(and(eq(personTable.id, row.requestedBy), isNull(personTable.disabledAt)));
  const [recheck] = await tx
    .select({
      state: plan.state,
      contentDigest: plan.contentDigest,
      finishedAt: plan.finishedAt,
      createdAt: plan.createdAt,
    })
    .from(plan)
    .where(and(eq(plan.jobId, row.id), eq(plan.purpose, "recheck")))
    .orderBy(desc(plan.createdAt))
    .limit(1);
  return {
    ...row,
    requesterIsActive: requester !== undefined,
    recheck: recheck ? { ...recheck, at: recheck.finishedAt ?? recheck.createdAt } : null,
    mutatingCallIds: mutatingCalls(stagePlanSchema.parse(row.plan)).map(({ callId }) => callId),
  };
}
