import { and, desc, eq, gt, lt, sql } from "drizzle-orm";
import * as z from "zod";
import { auditEntry, auditHead } from "#db/schema/audit.ts";
import { person } from "#db/schema/person.ts";
import { auditFilterSchema, type AuditFilter } from "#server/domain/audit/schema.ts";
import { type Ctx, query } from "../verb.ts";
import { appendAudit } from "./append.ts";
import { filtered } from "./filtered.ts";

const PAGE = 100;
/** Reading on is one reading: the next one is written down after so long. */
const READING_MS = 10 * 60_000;

/** Entries of the audit log, newest first, in pages by number. That somebody reads it is itself an entry. */
export const listAudit = query({
  action: "audit.read",
  input: z.strictObject({
    filter: auditFilterSchema,
    /** Only entries with a smaller number: the last one of the page before. */
    before: z.int().min(1).nullable(),
  }),
  run: async (ctx, { filter, before }) => {
    await noteReading(ctx, filter);
    const [rows, [head], people] = await Promise.all([
      ctx.db
        .select()
        .from(auditEntry)
        .where(and(filtered(filter), before === null ? undefined : lt(auditEntry.seq, before)))
        .orderBy(desc(auditEntry.seq))
        .limit(PAGE + 1),
      ctx.db.select({ seq: auditHead.seq }).from(auditHead),
      ctx.db.select({ id: person.id, name: person.name }).from(person).orderBy(person.name).limit(500),
    ]);
    const entries = rows.slice(0, PAGE).map(({ previousHash: _previous, details: _details, ...row }) => row);
    return {
      entries,
      size: head?.seq ?? 0,
      nextBefore: rows.length > PAGE ? (entries.at(-1)?.seq ?? null) : null,
      people,
    };
  },
});

async function noteReading(ctx: Ctx, filter: AuditFilter): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== "person") return;
  const at = ctx.clock();
  const [recent] = await ctx.db
    .select({ seq: auditEntry.seq })
    .from(auditEntry)
    .where(
      and(
        sql`${auditEntry.actor} ->> 'id' = ${actor.personId}`,
        eq(auditEntry.action, "audit.read"),
        gt(auditEntry.at, new Date(at.getTime() - READING_MS)),
      ),
    )
    .limit(1);
  if (recent) return;
  await ctx.db.transaction((tx) =>
    appendAudit(tx, {
      actor,
      at,
      action: "audit.read",
      outcome: "done",
      objectKind: "log",
      objectId: "audit",
      details: { filter: { ...filter } },
    }),
  );
}
