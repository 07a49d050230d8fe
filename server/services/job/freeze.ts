import { randomBytes, randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { PREVIEW_MAX_AGE_MS, REQUEST_TTL_MS } from "#server/domain/job/limits.ts";
import type { JobState } from "#server/domain/job/states.ts";
import { contentDigest, requestDigest } from "#server/domain/plan/digest.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { requireOpenStage } from "../plan/preview.ts";
import { getTenant } from "../tenant/rows.ts";

export interface Requested {
  planId: string;
  contentDigest: string;
  idempotencyKey: string;
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
    state: JobState;
    at: Date;
  },
): Promise<{ id: string; number: number; isNew: boolean; digest: string }> {
  const [earlier] = await tx
    .select({ id: job.id, number: job.number, digest: job.digest })
    .from(job)
    .where(and(eq(job.requestedBy, given.personId), eq(job.idempotencyKey, given.idempotencyKey)));
  if (earlier) return { ...earlier, isNew: false };
  const { row, content } = await getReadyPlan(tx, given, given.at);
  const of = await getTenant(tx, row.tenantId);
  const stage = await requireOpenStage(tx, of, row.stageKey);
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
      runbookVersionId: of.version.id,
      stageKey: stage.key,
      stageTitle: stage.title,
      stageHash: content.stage.hash,
      lane: `tenant:${of.tenant.id}`,
      effect: content.effect,
      plan: content,
      contentDigest: contentDigest(content),
      digest,
      nonce,
      idempotencyKey: given.idempotencyKey,
      requestedBy: given.personId,
      reason: given.reason,
      startsOnApproval: given.startsOnApproval,
      requestedAt: given.at,
      expiresAt,
      state: given.state,
      stateChangedAt: given.at,
      queuedAt: given.state === "queued" ? given.at : null,
    })
    .returning({ number: job.number });
  return { id, number: made?.number ?? 0, isNew: true, digest };
}
