import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";

const words = (most: number) => z.string().trim().max(most).refine(isKeepable, "This cannot be kept.");

const oneLine = (most: number) => words(most).regex(/^[^\r\n\u0085\u2028\u2029]*$/, "Say it in one line.");

const titleSchema = oneLine(300).min(1, "Say in one line what it is about.");

/** What a person says of a decision that is proposed; "" for what it does not have. It is adopted by rulings alone. */
export const newDecisionSchema = z.strictObject({
  title: titleSchema,
  context: words(20_000).min(1, "Say what made it necessary."),
  /** What is proposed; more than one are ruled on one by one. */
  points: z
    .array(oneLine(2000).min(1, "Say what is proposed, or leave the point out."))
    .min(1, "Say what is proposed.")
    .max(30),
  consequence: words(20_000),
  validation: words(20_000),
  /** Numbers of what hangs together with it, and of what it takes the place of. */
  related: oneLine(300),
  supersedes: oneLine(300),
});
export type NewDecision = z.output<typeof newDecisionSchema>;

/** A row of the security ledger; who owns it and until when stand beside it. */
export const newRowSchema = z.strictObject({
  title: titleSchema,
  note: oneLine(2000),
});
export type NewRow = z.output<typeof newRowSchema>;
