import { DomainError } from "#server/domain/error/domain-error.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { JobRow } from "./rows.ts";

/** A name typed by hand shows that whoever decides knows what is going to be gone. */
export function requireTypedTarget(row: JobRow, typed: string | undefined): void {
  if (row.effect !== "destroy" || typed === stagePlanSchema.parse(row.plan).tenant.slug) return;
  throw new DomainError(
    "invalid",
    "Type the tenant's name exactly: this plan destroys what belongs to it. Nothing was approved.",
    { reason: "target_not_typed", field: "typedTarget" },
  );
}
