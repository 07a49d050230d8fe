import { and, asc, eq, gt, lte, max } from "drizzle-orm";
import * as z from "zod";
import { checkLine } from "#db/schema/check.ts";
import { OUTPUT_PAGE_LINES } from "#server/domain/job/limits.ts";
import { query } from "../verb.ts";

/** Output of a run after a line: what a page asks for when lines are announced, and where it goes on after a break. */
export const readRunOutput = query({
  action: "check.read",
  input: z.strictObject({ runId: z.uuid(), after: z.number().int().nonnegative() }),
  run: async ({ db }, { runId, after }) => {
    const lines = await db
      .select({ seq: checkLine.seq, stream: checkLine.stream, text: checkLine.text, at: checkLine.at })
      .from(checkLine)
      .where(
        and(
          eq(checkLine.runId, runId),
          gt(checkLine.seq, after),
          lte(checkLine.seq, after + OUTPUT_PAGE_LINES),
        ),
      )
      .orderBy(asc(checkLine.seq));
    const [last] = await db
      .select({ seq: max(checkLine.seq) })
      .from(checkLine)
      .where(eq(checkLine.runId, runId));
    return { lines, lastSeq: last?.seq ?? 0 };
  },
});
