import { integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** A runner process and its heartbeat: how the console knows that somebody will take a job. */
export const runner = pgTable("runner", {
  id: uuid("id").primaryKey(),
  host: text("host").notNull(),
  pid: integer("pid").notNull(),
  startedAt: timestamp("started_at", { withTimezone: true }).notNull(),
  heartbeatAt: timestamp("heartbeat_at", { withTimezone: true }).notNull(),
  stoppedAt: timestamp("stopped_at", { withTimezone: true }),
});
