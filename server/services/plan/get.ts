import { and, eq } from "drizzle-orm";
import * as z from "zod";
import { plan } from "#db/schema/plan.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { PREVIEW_MAX_AGE_MS } from "#server/domain/job/limits.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { planEffect } from "#server/domain/approval/decide.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { approverSeparation } from "#server/domain/rule/job-rules.ts";
import { stageAuthors } from "#server/domain/runbook/authors.ts";
import { requirementOf } from "#server/domain/rule/requirement.ts";
import { subjectOf } from "#server/domain/rule/rule.ts";
import { describeRequirement } from "#server/domain/rule/sentences.ts";
import { listCandidates } from "../person/candidates.ts";
import { findRules } from "../rules/current.ts";
import { type Ctx, query } from "../verb.ts";

/** A plan and what came of it; polled or re-read when the runner announces it. */
export const readPlan = query({
  action: "tenant.read",
  input: z.strictObject({ planId: z.uuid() }),
  run: async (ctx, { planId }) => {
    const [row] = await ctx.db.select().from(plan).where(eq(plan.id, planId));
    if (!row) throw new DomainError("not_found", "There is no such plan.", { reason: "not_found" });
    const content = row.content === null ? null : stagePlanSchema.parse(row.content);
    return {
      id: row.id,
      tenantId: row.tenantId,
      stageKey: row.stageKey,
      state: row.state,
      effect: row.effect,
      content,
      /** What asking for it would need and who could give it; null for what needs nobody or was not planned. */
      wouldNeed: content === null ? null : await whatItNeeds(ctx, content),
      contentDigest: row.contentDigest,
      says: row.says,
      advice: row.advice,
      createdAt: row.createdAt,
      finishedAt: row.finishedAt,
      isStale: ctx.clock().getTime() - row.createdAt.getTime() > PREVIEW_MAX_AGE_MS,
    };
  },
});

/** The rules' demands on this plan and the people who could approve it, were this person to ask. */
async function whatItNeeds(ctx: Ctx, content: StagePlan) {
  const effect = planEffect(content);
  if (effect === "read" || ctx.actor.kind !== "person") return null;
  const { slug, contentHash } = content.runbook;
  const [inForce, [version]] = await Promise.all([
    findRules(ctx.db),
    ctx.db
      .select({ authoredBy: runbookVersion.authoredBy, authors: runbookVersion.authors })
      .from(runbookVersion)
      .where(and(eq(runbookVersion.slug, slug), eq(runbookVersion.contentHash, contentHash))),
  ]);
  const requirement = inForce === null ? null : requirementOf(inForce.set, subjectOf(content, effect));
  const separation = approverSeparation({
    requestedBy: ctx.actor.personId,
    authoredBy: version === undefined ? [] : stageAuthors(version, content.stage.key),
    requirement,
  });
  return {
    needs: requirement === null ? [] : describeRequirement(requirement),
    needed: requirement?.approvers ?? 1,
    candidates: await listCandidates(ctx.db, { action: "job.approve", separation }),
  };
}
