import * as z from "zod";

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}|]+$/u, "Write it in one line, without a | in it.");

/** A line of the index: what the log is called, who held the session, when, and about what. */
export const logSessionSchema = z.strictObject({
  date: z.iso.date("Write the day as 2026-09-18."),
  label: z
    .string()
    .trim()
    .max(80)
    .regex(
      /^(?:phase-[0-9]{2}|ops|incident-[0-9]{4}-[0-9]{2}-[0-9]{2})-[a-z0-9][a-z0-9-]{0,60}$/,
      "Begin the label with phase-NN-, ops- or incident-YYYY-MM-DD-, in small letters.",
    ),
  operator: line(80),
  scope: line(300),
});
