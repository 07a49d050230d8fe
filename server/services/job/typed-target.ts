import { planEffect } from "#server/domain/approval/decide.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { protectedName } from "#server/domain/removal/protected.ts";
import type { JobRow } from "./rows.ts";

/** A name typed by hand shows that whoever decides knows what is going to be gone. */
export function requireTypedTarget(row: JobRow, typed: string | undefined): void {
  if (row.effect !== "destroy" || typed === stagePlanSchema.parse(row.plan).tenant.slug) return;
  throw notTyped("Nothing was approved.");
}

/**
 * The same of whoever asks, and before anything is frozen: a plan that destroys is asked for by the tenant's name, typed
 * by hand, and never for a name that the cloud keeps for itself. A plan that is not there yet is refused elsewhere.
 */
export function requireTypedRequest(plan: StagePlan | null, typed: string | undefined): void {
  if (plan === null || planEffect(plan) !== "destroy") return;
  const why = protectedName(plan.tenant.slug);
  if (why !== null) {
    throw new DomainError("forbidden", `${why} Nothing was asked for.`, { reason: "protected" });
  }
  if (typed !== plan.tenant.slug) throw notTyped("Nothing was asked for.");
}

function notTyped(what: string): DomainError {
  return new DomainError(
    "invalid",
    `Type the tenant's name exactly: this plan destroys what belongs to it. ${what}`,
    { reason: "target_not_typed", field: "typedTarget" },
  );
}
