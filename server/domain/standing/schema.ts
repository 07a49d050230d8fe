import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { digestSchema, reasonSchema } from "../job/schema.ts";
import { jsonSchema } from "../plan/schema.ts";
import { STANDING_DAYS_MAX, STANDING_USES_MAX } from "./limits.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a parameter may be: one of these values exactly, or anything. */
const boundSchema = z.strictObject({
  operation: z.string().min(1).max(120),
  name: z.string().min(1).max(120),
  allowed: z.array(jsonSchema).min(1).max(50).nullable(),
});

const instant = z.iso.datetime();

/** What may run again without a fresh approval: one stage's exact bytes, its operations and the shape of their parameters. */
export const standingContentSchema = z
  .strictObject({
    name: z.string().trim().min(1, "Give it a name.").max(80).refine(isKeepable, "The name cannot be kept."),
    stageKey: z.string().min(1).max(40),
    /** Hash of the stage's bytes: another text is another stage. */
    stageHash: z.string().min(1).max(100),
    cloudId: z.uuid(),
    /** Empty: every tenant of the cloud. */
    tenants: z.array(z.uuid()).max(200),
    operations: z.array(z.string().min(1).max(120)).min(1).max(50),
    /** Exactly the parameters that the operations have; one that is not named is not allowed. */
    parameters: z.array(boundSchema).max(200),
    maxUses: z.int().min(1).max(STANDING_USES_MAX),
    from: instant,
    until: instant,
    /** One that ends when this one begins: how a standing approval is changed. */
    replaces: z.uuid().nullable(),
  })
  .refine(
    ({ from, until }) => {
      const lasts = Date.parse(until) - Date.parse(from);
      return lasts > 0 && lasts <= STANDING_DAYS_MAX * DAY_MS;
    },
    { error: `It holds for at most ${STANDING_DAYS_MAX} days.`, path: ["until"] },
  )
  .refine(
    ({ parameters }) =>
      new Set(parameters.map(({ operation, name }) => `${operation} ${name}`)).size === parameters.length,
    { error: "Each parameter stands once.", path: ["parameters"] },
  );

export const proposeStandingSchema = z.strictObject({ content: standingContentSchema, reason: reasonSchema });

export const standingWithdrawalSchema = z.strictObject({ standingId: z.uuid() });
export const proposeStandingWithdrawalSchema = z.strictObject({
  content: standingWithdrawalSchema,
  reason: reasonSchema,
});

/** The requester's own choice, on exactly what the page shows. */
export const takeStandingSchema = z.strictObject({
  jobId: z.uuid(),
  digest: digestSchema,
  standingId: z.uuid(),
});
