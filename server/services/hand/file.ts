import { and, eq } from "drizzle-orm";
import * as z from "zod";
import { handFile } from "#db/schema/hand.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { query } from "../verb.ts";

/** A file that was handed in with a step by hand, as it is kept. */
export const readHandFile = query({
  action: "job.read_output",
  input: z.strictObject({ jobId: z.uuid(), stepId: z.string().max(60), name: z.string().max(60) }),
  run: async (ctx, { jobId, stepId, name }) => {
    const [row] = await ctx.db
      .select({ fileName: handFile.fileName, content: handFile.content })
      .from(handFile)
      .where(and(eq(handFile.jobId, jobId), eq(handFile.stepId, stepId), eq(handFile.name, name)));
    if (row) return row;
    throw new DomainError("not_found", "There is no such file.", { reason: "not_found" });
  },
});
