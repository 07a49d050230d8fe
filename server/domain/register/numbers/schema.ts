import * as z from "zod";
import { NUMBER_STATES } from "./ledger.ts";

/** Letters of a series, such as D, DOCFIX or FLEX-WP. */
export const seriesSchema = z
  .string()
  .trim()
  .regex(
    /^[A-Z][A-Z0-9]{0,15}(?:-[A-Z][A-Z0-9]{0,7}){0,2}$/,
    "Write the letters of the series, such as DOCFIX.",
  );

const purposeSchema = z
  .string()
  .trim()
  .min(1, "Say what the number is for.")
  .max(300, "Say it in at most 300 characters.");

/** A number of a series: the next free one, or one that is named. */
export const takeNumberSchema = z.strictObject({
  series: seriesSchema,
  state: z.enum(["reserved", "provisional", "assigned"]),
  purpose: purposeSchema,
  /** Null for the next free one; more than one only of these. */
  number: z.int().min(1).max(999_999).nullable(),
  count: z.int().min(1).max(50),
});

export const moveNumberSchema = z.strictObject({
  series: seriesSchema,
  number: z.int().min(0).max(999_999),
  suffix: z.string().regex(/^[a-z]?$/),
  to: z.enum(NUMBER_STATES),
  reason: z.string().trim().max(300),
});
