import { and, desc, eq, isNull, sql } from "drizzle-orm";
import * as z from "zod";
import { item, registerDocument } from "#db/schema/register.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";

const SESSIONS_MAX = 1000;

/** The index of run-sessions, the newest first. Bodies of logs are never part of it. */
export const listSessions = query({
  action: "register.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const day = sql`${item.content} -> 'session' ->> 'date'`;
    const rows = await ctx.db
      .select({ id: item.id, content: item.content, path: registerDocument.path })
      .from(item)
      .innerJoin(registerDocument, eq(registerDocument.id, item.documentId))
      .where(and(eq(item.kind, "session"), isNull(item.removedAt)))
      .orderBy(desc(day), desc(item.position))
      .limit(SESSIONS_MAX);
    return {
      today: ctx.clock().toISOString().slice(0, 10),
      sessions: rows.flatMap(({ id, content, path }) =>
        content.kind === "session" ? [{ id, path, ...content.session }] : [],
      ),
      may: { log: may(ctx, "register.log_session") },
    };
  },
});
