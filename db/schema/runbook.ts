import { pgTable, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import { person } from "./person.ts";

/** A published runbook. Immutable: the application may only insert. */
export const runbookVersion = pgTable(
  "runbook_version",
  {
    id: uuid("id").primaryKey(),
    slug: text("slug").notNull(),
    contentHash: text("content_hash").notNull(),
    title: text("title").notNull(),
    source: text("source").notNull(),
    /** Who edited it last; null for what is shipped with the console. Never the one who approves its jobs. */
    authoredBy: uuid("authored_by").references(() => person.id),
    publishedAt: timestamp("published_at", { withTimezone: true }).notNull(),
  },
  (table) => [unique("runbook_version_content").on(table.slug, table.contentHash)],
);
