import * as z from "zod";
import { stagePlanSchema } from "../plan/schema.ts";
import { EFFECTS } from "../plan/states.ts";
import { sourceSchema } from "./schema.ts";

/** Stages of a draft that one preview plans. */
export const PREVIEW_STAGES_MAX = 40;

/** What one stage of a draft would do now for a tenant, or what is in the way. */
export const draftStageSchema = z.strictObject({
  key: z.string(),
  title: z.string(),
  state: z.enum(["ready", "blocked", "failed"]),
  effect: z.enum(EFFECTS).nullable(),
  plan: stagePlanSchema.nullable(),
  says: z.string().nullable(),
  advice: z.string().nullable(),
});
export type DraftStage = z.output<typeof draftStageSchema>;

/** The text as it stands in the editor, saved or not. */
export const previewDraftSchema = z.strictObject({
  draftId: z.uuid(),
  tenantId: z.uuid(),
  source: sourceSchema,
});
