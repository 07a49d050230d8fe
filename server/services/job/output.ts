import { and, asc, eq, gt, ilike, lte, max, sql } from "drizzle-orm";
import * as z from "zod";
import { outputLine } from "#db/schema/job.ts";
import { OUTPUT_PAGE_LINES } from "#server/domain/job/limits.ts";
import type { OutputStream } from "#server/domain/job/states.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";

/**
 * Output after a position: what a page asks for when lines are announced, and where it goes on after a break. The page of a
 * job is for everybody; whoever may not read what it printed gets none of it, and the reason.
 */
export const readOutput = query({
  action: "job.read",
  input: z.strictObject({ jobId: z.uuid(), after: z.number().int().nonnegative() }),
  run: async (ctx, { jobId, after }) => {
    const { allowed, says } = may(ctx, "job.read_output");
    if (!allowed) return { lines: [], lastSeq: 0, withheld: says };
    const lines = await ctx.db
      .select({
        seq: outputLine.seq,
        stepId: outputLine.stepId,
        stream: outputLine.stream,
        text: outputLine.text,
        at: outputLine.at,
      })
      .from(outputLine)
      .where(
        and(
          eq(outputLine.jobId, jobId),
          gt(outputLine.seq, after),
          lte(outputLine.seq, after + OUTPUT_PAGE_LINES),
        ),
      )
      .orderBy(asc(outputLine.seq));
    const [last] = await ctx.db
      .select({ seq: max(outputLine.seq) })
      .from(outputLine)
      .where(eq(outputLine.jobId, jobId));
    return { lines, lastSeq: last?.seq ?? 0, withheld: null };
  },
});

/** Text whose letters fold to the other case in the same way under every collation. */
const ASCII = /^[ -~]*$/;

/** Numbers of the lines that hold a text, in whatever case, at most 1,000. */
export const searchOutput = query({
  action: "job.read_output",
  input: z.strictObject({ jobId: z.uuid(), text: z.string().min(1).max(200) }),
  run: async (ctx, { jobId, text }) => {
    const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
    // Under the plainest collation a line is compared without being read as Unicode first.
    const holds = ASCII.test(text)
      ? sql`${outputLine.text} collate "C" ilike ${pattern}`
      : ilike(outputLine.text, pattern);
    const rows = await ctx.db
      .select({ seq: outputLine.seq })
      .from(outputLine)
      .where(and(eq(outputLine.jobId, jobId), holds))
      .orderBy(asc(outputLine.seq))
      .limit(1000);
    return { seqs: rows.map(({ seq }) => seq) };
  },
});

/** Lines that a person pasted say so, each of them: nothing in them can end the mark. */
const lineOf = ({ stream, text }: { stream: OutputStream; text: string }) =>
  stream === "pasted" ? `pasted: ${text}\n` : `${text}\n`;

/** What a job printed as text, a page of lines at a time; the next page begins after `last`, and null is the end. */
export const readOutputText = query({
  action: "job.read_output",
  input: z.strictObject({ jobId: z.uuid(), after: z.number().int().nonnegative() }),
  run: async (ctx, { jobId, after }) => {
    const lines = await ctx.db
      .select({ seq: outputLine.seq, stream: outputLine.stream, text: outputLine.text })
      .from(outputLine)
      .where(and(eq(outputLine.jobId, jobId), gt(outputLine.seq, after)))
      .orderBy(asc(outputLine.seq))
      .limit(OUTPUT_PAGE_LINES);
    const last = lines.at(-1)?.seq ?? null;
    return { text: lines.map(lineOf).join(""), last };
  },
});
