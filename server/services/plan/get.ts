import { eq } from "drizzle-orm";
import * as z from "zod";
import { plan } from "#db/schema/plan.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { PREVIEW_MAX_AGE_MS } from "#server/domain/job/limits.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { query } from "../verb.ts";

/** A plan and what came of it; polled or re-read when the runner announces it. */
export const readPlan = query({
  action: "tenant.read",
  input: z.strictObject({ planId: z.uuid() }),
  run: async (ctx, { planId }) => {
    const [row] = await ctx.db.select().from(plan).where(eq(plan.id, planId));
    if (!row) throw new DomainError("not_found", "There is no such plan.", { reason: "not_found" });
    return {
      id: row.id,
      tenantId: row.tenantId,
      stageKey: row.stageKey,
      state: row.state,
      effect: row.effect,
      content: row.content === null ? null : stagePlanSchema.parse(row.content),
      contentDigest: row.contentDigest,
      says: row.says,
      advice: row.advice,
      createdAt: row.createdAt,
      finishedAt: row.finishedAt,
      isStale: ctx.clock().getTime() - row.createdAt.getTime() > PREVIEW_MAX_AGE_MS,
    };
  },
});
