import { sql } from "drizzle-orm";
import { boolean, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { person } from "./person.ts";

/** A list as somebody keeps it: the query of its address. */
export const savedView = pgTable(
  "saved_view",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull(),
    query: text("query").notNull(),
    isShared: boolean("is_shared").notNull(),
    ownerId: uuid("owner_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
    removedAt: timestamp("removed_at", { withTimezone: true }),
  },
  (table) => [
    uniqueIndex("saved_view_name")
      .on(table.ownerId, table.name)
      .where(sql`removed_at is null`),
  ],
);
