import * as z from "zod";
import { reasonSchema } from "../../job/schema.ts";

const name = z.string().trim().min(1).max(120).nullable();

/** What an item is to hold back. At least one part is named, and a stage with the runbook that it is one of. */
export const gateCoverSchema = z
  .strictObject({
    cloudName: name,
    tenantSlug: name,
    runbookSlug: name,
    stageKey: name,
    operation: name,
  })
  .refine(
    ({ cloudName, tenantSlug, runbookSlug, operation }) =>
      [cloudName, tenantSlug, runbookSlug, operation].some((part) => part !== null),
    "Say what it holds back: a cloud, a tenant, a runbook with its stage, or an operation.",
  )
  .refine(({ runbookSlug, stageKey }) => stageKey === null || runbookSlug !== null, {
    message: "Name the runbook that the stage is one of.",
    path: ["stageKey"],
  });

export const setGateSchema = z.strictObject({
  itemId: z.uuid(),
  cover: gateCoverSchema,
  reason: reasonSchema,
});

export const withdrawGateSchema = z.strictObject({ gateId: z.uuid(), reason: reasonSchema });
