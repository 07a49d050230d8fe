import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { MATRIX_SET_MAX, NOTE_MAX, POLICY_MAX } from "./limits.ts";

const keepable = (text: string) => isKeepable(text);
const KEEPABLE = "holds a character that cannot be kept, such as a NUL";

export const policyTextSchema = z.string().max(POLICY_MAX, "is longer than 1 MiB").refine(keepable, KEEPABLE);

/** The text of a policy file with everything that it is judged by. */
const judgedSchema = {
  /** The override itself. */
  source: policyTextSchema,
  /** The cloud's own policy file under it; empty: Keystone's own rules alone. */
  live: policyTextSchema,
  /** Which Keystone judges: a series or a Debian version. */
  release: z.string().min(1).max(60),
  /** Personas, places and cases as JSON; empty: the standard ones. */
  set: z.string().max(MATRIX_SET_MAX, "is longer than 256 KiB").refine(keepable, KEEPABLE),
};

export const analysePolicySchema = z.strictObject(judgedSchema);

/** `baseNumber` is the revision that was edited, 0 for the first: a save over somebody else's is refused. */
export const savePolicySchema = z.strictObject({
  cloudId: z.uuid(),
  baseNumber: z.int().min(0),
  ...judgedSchema,
  note: z.string().trim().max(NOTE_MAX).refine(keepable, KEEPABLE),
});

export const readPolicySchema = z.strictObject({
  /** The first cloud by name without it. */
  cloudId: z.uuid().nullable(),
  /** The newest without it. */
  number: z.int().min(1).nullable(),
});
