import { and, desc, eq, inArray } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { job, journalEntry } from "#db/schema/job.ts";

/** Entries of a host's journal that its page shows. */
const ENTRIES_MAX = 40;

const bodySchema = z.object({
  method: z.string().optional(),
  path: z.string().optional(),
  id: z.string().optional(),
  says: z.string().optional(),
});

/** What was announced, which task it became and how it ended, newest first, over all jobs of a host. */
export async function listHostJournal(db: Db, tenantId: string) {
  const rows = await db
    .select({
      jobId: job.id,
      number: job.number,
      seq: journalEntry.seq,
      kind: journalEntry.kind,
      callId: journalEntry.callId,
      body: journalEntry.body,
      at: journalEntry.at,
    })
    .from(journalEntry)
    .innerJoin(job, eq(job.id, journalEntry.jobId))
    .where(
      and(
        eq(job.tenantId, tenantId),
        inArray(journalEntry.kind, ["intent", "task", "probed", "outcome", "recovered"]),
      ),
    )
    .orderBy(desc(journalEntry.at), desc(journalEntry.seq))
    .limit(ENTRIES_MAX);
  return rows.map(({ body, ...row }) => {
    const { method, path, id, says } = bodySchema.safeParse(body).data ?? {};
    return { ...row, says: says ?? id ?? (method === undefined ? "" : `${method} ${path ?? ""}`) };
  });
}
