import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";

/** A text of a runbook as an editor sends it: as large as one may be, and not empty. */
export const sourceSchema = z
  .string()
  .min(1)
  .max(2 * 1024 * 1024);
export const slugSchema = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/);
export const draftIdSchema = z.strictObject({ draftId: z.uuid() });

/** `slug`: of the runbook whose newest version is to be edited, or of one that is new. */
export const createDraftSchema = z.strictObject({ slug: slugSchema });

/** `revision` is the one that was edited: a save over somebody else's is refused. `isRebased` says that the newest published version was merged in. */
export const saveDraftSchema = z.strictObject({
  draftId: z.uuid(),
  revision: z.int().min(1),
  source: sourceSchema,
  isRebased: z.boolean(),
});

export const publishContentSchema = z.strictObject({
  draftId: z.uuid(),
  revision: z.int().min(1),
  contentHash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});
export const publishSchema = z.strictObject({ content: publishContentSchema, reason: reasonSchema });

export const importDocumentSchema = z.strictObject({
  source: sourceSchema,
  name: z.string().min(1).max(200),
});

/** Addresses below /runbooks that are pages: no runbook can be read at them. */
export const RESERVED_SLUGS: readonly string[] = ["drafts", "documents", "import"];
