import type { Tx } from "#db/client.ts";
import { breakGlass } from "#db/schema/break-glass.ts";
import { decideBreakGlass, emergencySeparation } from "#server/domain/break-glass/decide.ts";
import { REVIEW_WITHIN_MS } from "#server/domain/break-glass/limits.ts";
import { breakGlassSchema } from "#server/domain/break-glass/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { findFreeze, holdFreeze } from "../freeze/rows.ts";
import { findJobHolding } from "../gate/holding.ts";
import { readApproverFacts } from "../job/approver-facts.ts";
import { requireJobDecision } from "../job/decision.ts";
import { moveJob } from "../job/move.ts";
import { type JobRow, jobObject, lockJob } from "../job/rows.ts";
import { requireTypedTarget } from "../job/typed-target.ts";
import { issueOperation } from "../operation/issue.ts";
import { verb } from "../verb.ts";
import { listMadeRules, listUnreviewed, takeGlassLock } from "./rows.ts";

/**
 * Lets one exact plan go without its approval, in an emergency: for people whom the rules name, loudly. What it takes
 * instead is a signature by a key of somebody other than the requester, so that two people stand behind it all the same.
 */
export const breakTheGlass = verb({
  action: "job.break_glass",
  input: breakGlassSchema,
  load: async (tx, { jobId }) => {
    const row = await lockJob(tx, jobId);
    const { requirement, separation } = await readApproverFacts(tx, row);
    return { row, requirement, separation, heldBy: await findJobHolding(tx, row) };
  },
  object: ({ row }) => jobObject(row),
  separation: ({ separation, heldBy }) => ({ ...emergencySeparation(separation), heldBy }),
  stepUp: true,
  run: async (tx, { person, input, row: { row, requirement, separation }, at }) => {
    await takeGlassLock(tx);
    await holdFreeze(tx);
    const [rules, frozen, unreviewed] = await Promise.all([
      listMadeRules(tx),
      findFreeze(tx),
      listUnreviewed(tx),
    ]);
    const refusal = decideBreakGlass(
      {
        ...row,
        hasRequirement: requirement !== null,
        rules,
        isFrozen: frozen !== null,
        unreviewed: unreviewed.length,
      },
      { ...input, personId: person.personId },
      at,
    );
    if (refusal !== null) {
      const isForbidden = refusal.reason === "not_listed" || refusal.reason === "own_rule_change";
      throw new DomainError(isForbidden ? "forbidden" : "conflict", refusal.says, { reason: refusal.reason });
    }
    requireTypedTarget(row, input.typedTarget);
    const decision = await requireJobDecision(tx, {
      person,
      action: "job.break_glass",
      row,
      separation: emergencySeparation(separation),
      at,
    });
    await insertBroken(tx, row, { person, reason: input.reason, at });
    await moveJob(tx, { jobId: row.id, from: row.state, to: "awaiting_signature", at });
    return {
      output: { state: "awaiting_signature" as const },
      audit: { digest: row.digest, reason: input.reason, decision },
    };
  },
});

async function insertBroken(
  tx: Tx,
  row: JobRow,
  by: { person: { personId: string; sessionId: string }; reason: string; at: Date },
): Promise<void> {
  const { id: jobId, digest, requestedBy, plan, expiresAt } = row;
  const { reason, at } = by;
  const { personId, sessionId } = by.person;
  const reviewBy = new Date(at.getTime() + REVIEW_WITHIN_MS);
  await tx
    .insert(breakGlass)
    .values({ jobId, digest, requestedBy, personId, sessionId, reason, reviewBy, at });
  // What destroys had its bytes frozen with the request.
  if (row.effect === "destroy") return;
  await issueOperation(tx, { ...row, plan: stagePlanSchema.parse(plan) }, { issuedAt: at, expiresAt });
}
