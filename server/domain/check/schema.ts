import * as z from "zod";
import { digestSchema, reasonSchema } from "../job/schema.ts";
import { expectationsSchema } from "./expectation.ts";
import { PARAMETERS_MAX, parameterSchema } from "./parameters.ts";

const DAY_MINUTES = 24 * 60;

/** What a check looks at: a change of it makes an older result stale. */
export const targetSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("cloud"), cloudName: z.string().min(1).max(63) }),
  z.strictObject({ kind: z.literal("tenant"), tenantId: z.uuid() }),
]);
export type CheckTarget = z.output<typeof targetSchema>;

/** How a check is run and judged, as a person set it. */
export const checkSettingsSchema = z.strictObject({
  target: targetSchema.nullable(),
  /** How long a result counts, in minutes. */
  freshMinutes: z
    .int()
    .min(1)
    .max(365 * DAY_MINUTES),
  /** How long it may run, in seconds. */
  timeSeconds: z.int().min(1).max(1800),
  parameters: z
    .array(parameterSchema)
    .max(PARAMETERS_MAX)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "A parameter is named twice."),
  expectations: expectationsSchema,
});
export type CheckSettings = z.output<typeof checkSettingsSchema>;

/** What holds for a check that nobody has set anything for. */
export const DEFAULT_SETTINGS: CheckSettings = {
  target: null,
  freshMinutes: 7 * DAY_MINUTES,
  timeSeconds: 120,
  parameters: [],
  expectations: [],
};

export const itemIdSchema = z.strictObject({ itemId: z.uuid() });

export const setCheckSchema = z.strictObject({
  itemId: z.uuid(),
  /** Number of the settings that the page showed; 0 when there were none. */
  base: z.int().min(0),
  settings: checkSettingsSchema,
  reason: reasonSchema,
});

/** The digest is that of the block as the page showed it. */
export const attestSchema = z.strictObject({ itemId: z.uuid(), digest: digestSchema, reason: reasonSchema });
export const withdrawAttestationSchema = z.strictObject({ attestationId: z.uuid(), reason: reasonSchema });

export const runCheckSchema = z.strictObject({
  itemId: z.uuid(),
  digest: digestSchema,
  parameters: z.record(z.string().max(80), z.string().max(300)),
});

export const runIdSchema = z.strictObject({ runId: z.uuid() });

export const recordResultSchema = z.strictObject({
  runId: z.uuid(),
  outcome: z.enum(["passed", "failed"]),
  reason: reasonSchema,
});
