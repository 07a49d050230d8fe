import * as z from "zod";

/** `theirs` is the document that is imported, `ours` what the console has. */
const sideSchema = z.enum(["theirs", "ours"]);
export type Side = z.infer<typeof sideSchema>;

/**
 * What a person answers to the differences of an import. Without an answer, what only the document changed is taken and
 * what only the console changed stays; conflicts and records that the document no longer has need one.
 */
export const importAnswersSchema = z.strictObject({
  /** By key of the record: for all of it, or field by field. */
  records: z
    .record(z.string().max(400), z.union([sideSchema, z.record(z.string().max(400), sideSchema)]))
    .optional(),
  /** For conflicts without an answer of their own. */
  conflicts: sideSchema.optional(),
  /** For records that the document no longer has: `theirs` takes them out. */
  removed: sideSchema.optional(),
});
export type ImportAnswers = z.infer<typeof importAnswersSchema>;

/** A path in the team's tree. */
export const documentPathSchema = z
  .string()
  .trim()
  .min(1, "Say where the document stands, such as docs/handoff.md.")
  .max(200, "The path has more than 200 characters.")
  .regex(
    /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9 ._/+@-]+$/,
    "Write the path within the tree, in letters, digits and . _ - / without ..",
  );
