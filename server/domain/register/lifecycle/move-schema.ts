import * as z from "zod";
import { isKeepable } from "../../canonical/text.ts";
import { reasonSchema } from "../../job/schema.ts";
import { gateCoverSchema } from "../gate/schema.ts";
import { RECORD_STATES } from "../record.ts";
import { RULINGS } from "./ruling.ts";
import { triggerSchema } from "./trigger-schema.ts";
import { EVIDENCE_KINDS } from "./work.ts";

/** The revision that the page showed: a change on an older one is refused. */
export const seenSchema = z.int().min(1);
const acted = { itemId: z.uuid(), seen: seenSchema };
const wordsSchema = z.string().trim().min(1).max(4000).refine(isKeepable, "This cannot be kept.");

/** Id of a job, path of a document that the registers know, or what somebody attests in his own words. */
export const evidenceSchema = z.strictObject({ kind: z.enum(EVIDENCE_KINDS), id: wordsSchema });
export type Evidence = z.output<typeof evidenceSchema>;

export const moveItemSchema = z.strictObject({
  ...acted,
  to: z.enum(RECORD_STATES),
  reason: reasonSchema.nullable(),
  /** Where it is put off: what brings it back. */
  trigger: triggerSchema.nullable(),
  /** Where a row of the ledger closes: what shows that it is done. */
  evidence: evidenceSchema.nullable(),
  /** Where a decision is superseded: the code of the one that takes its place. */
  successor: z.string().trim().min(1).max(80).nullable(),
});

export const tickPointSchema = z.strictObject({
  itemId: z.uuid(),
  /** The point's own words, as the item has them. */
  point: z.string().min(1).max(20_000),
  evidence: evidenceSchema,
});

export const untickPointSchema = z.strictObject({
  itemId: z.uuid(),
  point: z.string().min(1).max(20_000),
  reason: reasonSchema,
});

export const attestCheckSchema = z.strictObject({
  ...acted,
  outcome: z.enum(["passed", "failed"]),
  evidence: evidenceSchema,
  /** How the rule on the result was applied, in words. */
  reason: reasonSchema,
  countsForDays: z.int().min(1).max(366),
});

export const acceptRiskSchema = z.strictObject({
  ...acted,
  ownerId: z.uuid().nullable(),
  until: z.iso.date("Give a day such as 2026-09-30.").nullable(),
  /** Of a check: the result that the page showed. Another result is another risk. */
  pinnedTo: z.string().max(100).nullable(),
  reason: reasonSchema.nullable(),
});

export const rulingContentSchema = z.strictObject({
  itemId: z.uuid(),
  /** Mark of the point; "" is the whole. */
  point: z.string().max(10),
  ruling: z.enum(RULINGS),
  reason: reasonSchema,
  amendment: wordsSchema.nullable(),
  trigger: triggerSchema.nullable(),
});
export type RulingContent = z.output<typeof rulingContentSchema>;

export const ruleItemSchema = z.strictObject({ ...rulingContentSchema.shape, seen: seenSchema });
export const proposeRulingSchema = z.strictObject({ content: rulingContentSchema, reason: reasonSchema });

export const classifyItemSchema = z.strictObject({
  ...acted,
  isChange: z.boolean(),
  mustDifferFrom: z.uuid().nullable(),
  /** Of a check: what it looks at; a change of that makes its result stale. */
  target: gateCoverSchema.nullable(),
  reason: reasonSchema,
});
