import { randomUUID } from "node:crypto";
import { and, desc, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { approval } from "#db/schema/job.ts";
import { person as personTable } from "#db/schema/person.ts";
import { plan } from "#db/schema/plan.ts";
import { decideApproval, mutatingCalls } from "#server/domain/approval/decide.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { approveJobSchema } from "#server/domain/job/schema.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { findJobHolding } from "../gate/holding.ts";
import { issueOperation } from "../operation/issue.ts";
import { verb } from "../verb.ts";
import { countStandingApprovals, listApprovers, readApproverFacts } from "./approver-facts.ts";
import { requireJobDecision } from "./decision.ts";
import { requireMayStart } from "./may-start.ts";
import { moveJob } from "./move.ts";
import { requireTypedTarget } from "./typed-target.ts";
import { type JobRow, jobObject, lockJob, nextOnceAllowed } from "./rows.ts";

/**
 * Approves exactly one frozen plan, as another person than whoever asked or wrote it. With as many different people as
 * the rules want, the job is queued or armed; until then it waits on.
 */
export const approveJob = verb({
  action: "job.approve",
  input: approveJobSchema,
  load: async (tx, { jobId }) => {
    const row = await lockJob(tx, jobId);
    const facts = await readApproverFacts(tx, row);
    const seated = row.state === "awaiting_approval" ? await listApprovers(tx, row) : [];
    const heldBy = await findJobHolding(tx, row);
    return { row, ...facts, heldBy, seatedBy: seated.map(({ personId }) => personId) };
  },
  object: ({ row }) => jobObject(row),
  stepUp: ({ requirement }) => requirement?.stepUp ?? true,
  separation: ({ separation, seatedBy, heldBy }) => ({ ...separation, seatedBy, heldBy }),
  run: async (tx, { person, input, row: { row, requirement, separation, seatedBy }, at }) => {
    requireTypedTarget(row, input.typedTarget);
    const verdict = decideApproval(await approvalFacts(tx, row), input, at);
    if (verdict.kind === "refused") {
      throw new DomainError(verdict.reason === "stale" ? "stale" : "conflict", verdict.says, {
        reason: verdict.reason,
      });
    }
    assert(requirement, "nobody may decide without a requirement");
    const decision = await requireJobDecision(tx, {
      person,
      action: "job.approve",
      row,
      separation: { ...separation, seatedBy },
      at,
    });
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
    const given = await countStandingApprovals(tx, row, separation);
    const needed = requirement.approvers;
    const quorum = { given, needed };
    const audit = { digest: row.digest, reason: input.reason, ticked: input.tickedCallIds, quorum, decision };
    if (given < needed) return { output: { state: row.state }, audit };
    // What destroys is not let go by an approval: a key outside the console has to sign it as well.
    const isSigned = row.effect === "destroy" || requirement.signatures.length > 0;
    if (isSigned && row.effect !== "destroy") await issueForRules(tx, row, at);
    const to = isSigned ? "awaiting_signature" : nextOnceAllowed(row);
    if (to === "queued") await requireMayStart(tx, requirement, at);
    await moveJob(tx, { jobId: row.id, from: row.state, to, at }, to === "queued" ? { queuedAt: at } : {});
    return { output: { state: to }, audit };
  },
});

/** What destroys had its bytes frozen with the request; what only the rules want signed gets them now. */
async function issueForRules(tx: Tx, row: JobRow, at: Date): Promise<void> {
  const { plan: frozen, expiresAt } = row;
  await issueOperation(tx, { ...row, plan: stagePlanSchema.parse(frozen) }, { issuedAt: at, expiresAt });
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
