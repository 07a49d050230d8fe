import { randomBytes, randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import { planEffect } from "#server/domain/approval/decide.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { PREVIEW_MAX_AGE_MS, REQUEST_TTL_MS } from "#server/domain/job/limits.ts";
import { contentDigest, requestDigest } from "#server/domain/plan/digest.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { Effect } from "#server/domain/plan/states.ts";
import { type JobRules, rulesForJob } from "#server/domain/rule/job-rules.ts";
import { subjectOf } from "#server/domain/rule/rule.ts";
import { findRules } from "../rules/current.ts";
import { requireOpenStage } from "../plan/preview.ts";
import { issueOperation } from "../operation/issue.ts";
import { getTenant } from "../tenant/rows.ts";

export interface Requested {
  planId: string;
  contentDigest: string;
  idempotencyKey: string;
}

/** run: at once, reads only. request: waits for a second person. */
type Path = "run" | "request";

interface FrozenJob {
  id: string;
  number: number;
  /** False when the same click had made it already. */
  isNew: boolean;
  digest: string;
}

type PlanRow = typeof plan.$inferSelect;

/** Loads the preview a person acts on, locked, and refuses one that is not ready, too old, or not what the page showed. */
export async function getReadyPlan(
  tx: Tx,
  wanted: Requested,
  at: Date,
): Promise<{ row: PlanRow; content: StagePlan }> {
  const [row] = await tx.select().from(plan).where(eq(plan.id, wanted.planId)).for("update");
  if (!row || row.purpose !== "preview") {
    throw new DomainError("not_found", "There is no such preview.", { reason: "not_found" });
  }
  if (row.state !== "ready" || row.content === null) {
    throw new DomainError("stale", row.says ?? "The preview is not ready. Nothing was asked for.", {
      reason: "not_ready",
    });
  }
  if (at.getTime() - row.createdAt.getTime() > PREVIEW_MAX_AGE_MS) {
    throw new DomainError(
      "stale",
      "This preview is too old. Preview the stage again; nothing was asked for.",
      {
        reason: "preview_old",
      },
    );
  }
  const content = stagePlanSchema.parse(row.content);
  if (contentDigest(content) !== wanted.contentDigest) {
    throw new DomainError("stale", "Your page shows another preview than the one on record. Preview again.", {
      reason: "stale",
    });
  }
  return { row, content };
}

/** Freezes a plan into a job. The same idempotency key finds the same job: a double click makes one. */
export async function freezeJob(
  tx: Tx,
  given: Requested & {
    personId: string;
    reason: string;
    startsOnApproval: boolean;
    path: Path;
    at: Date;
  },
): Promise<FrozenJob> {
  const earlier = await findEarlier(tx, given);
  if (earlier) return earlier;
  const { row, content } = await getReadyPlan(tx, given, given.at);
  const effect = planEffect(content);
  requirePath(given.path, effect);
  const of = await getTenant(tx, row.tenantId);
  assert(content.tenant.id === of.tenant.id, "a plan belongs to the tenant of its row");
  const { stage, version } = await requireOpenStage(tx, of, row.stageKey);
  if (content.runbook.contentHash !== version.contentHash) {
    throw new DomainError("stale", "The runbook has changed since this preview. Preview the stage again.", {
      reason: "runbook_changed",
    });
  }
  const id = randomUUID();
  const nonce = randomBytes(24).toString("base64url");
  const expiresAt = new Date(given.at.getTime() + REQUEST_TTL_MS);
  const digest = requestDigest(content, { jobId: id, nonce, expiresAt });
  const [made] = await tx
    .insert(job)
    .values({
      id,
      tenantId: of.tenant.id,
      cloudId: of.cloud.id,
      runbookVersionId: version.id,
      stageKey: stage.key,
      stageTitle: stage.title,
      stageHash: content.stage.hash,
      lane: `tenant:${of.tenant.id}`,
      effect,
      plan: content,
      contentDigest: contentDigest(content),
      digest,
      nonce,
      idempotencyKey: given.idempotencyKey,
      requestedBy: given.personId,
      reason: given.reason,
      rules: await requireRules(tx, content, effect),
      startsOnApproval: given.startsOnApproval,
      requestedAt: given.at,
      expiresAt,
      ...(given.path === "run"
        ? { state: "queued" as const, queuedAt: given.at }
        : { state: "awaiting_approval" as const }),
      stateChangedAt: given.at,
    })
    .returning({ number: job.number });
  assert(made, "the database numbers a job");
  if (effect === "destroy") {
    const frozen = { id, number: made.number, plan: content, contentDigest: contentDigest(content), digest };
    await issueOperation(tx, frozen, { issuedAt: given.at, expiresAt });
  }
  return { id, number: made.number, isNew: true, digest };
}

/** What the rules in force ask of this plan. Without a rule about it nothing is asked for: no rule is no permission. */
async function requireRules(tx: Tx, content: StagePlan, effect: Effect): Promise<JobRules> {
  const inForce = await findRules(tx);
  const rules = inForce === null ? null : rulesForJob(inForce, subjectOf(content, effect));
  if (rules === null) {
    throw new DomainError(
      "forbidden",
      "No approval rule is about this, so it may not be asked for. Nothing was asked for; a manager or an admin can propose one.",
      { reason: "no_rule" },
    );
  }
  return rules;
}

/** The job that this person's same click made before. A key that stands for another plan is refused. */
async function findEarlier(tx: Tx, given: Requested & { personId: string }): Promise<FrozenJob | null> {
  const [earlier] = await tx
    .select({ id: job.id, number: job.number, digest: job.digest, contentDigest: job.contentDigest })
    .from(job)
    .where(and(eq(job.requestedBy, given.personId), eq(job.idempotencyKey, given.idempotencyKey)));
  if (!earlier) return null;
  const { contentDigest: frozen, ...made } = earlier;
  if (frozen !== given.contentDigest) {
    throw new DomainError("conflict", "This request was sent before for another plan. Reload the page.", {
      reason: "key_reused",
    });
  }
  return { ...made, isNew: false };
}

/** A read runs at once, a change asks first: whichever way it came, the plan's own calls decide. */
function requirePath(path: Path, effect: Effect): void {
  if (path === "run" && effect !== "read") {
    throw new DomainError(
      "approval_required",
      "This stage changes the cloud. Ask for a second person's approval.",
      { reason: "approval_required" },
    );
  }
  if (path === "request" && effect === "read") {
    throw new DomainError("invalid", "A read-only stage needs no approval. Run it.", { reason: "read_only" });
  }
}
