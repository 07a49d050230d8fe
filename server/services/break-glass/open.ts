import { REVIEWS_NEEDED } from "#server/domain/break-glass/limits.ts";
import { may } from "../may.ts";
import type { Ctx } from "../verb.ts";
import { listUnreviewed } from "./rows.ts";

/** Emergencies that everybody with a role is told of until two people have looked at them. */
export async function listEmergencies(ctx: Ctx) {
  if (ctx.actor.kind !== "person" || ctx.actor.roles.length === 0) return [];
  const now = ctx.clock();
  const rows = await listUnreviewed(ctx.db);
  return rows.map(({ personId, requestedBy, reviewedBy, ...row }) => ({
    ...row,
    needed: REVIEWS_NEEDED,
    isOverdue: now >= row.reviewBy,
    may: may(ctx, "break_glass.review", {
      separation: { involved: [personId, requestedBy], seatedBy: reviewedBy },
    }),
  }));
}
