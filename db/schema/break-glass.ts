import { sql } from "drizzle-orm";
import { check, foreignKey, pgTable, primaryKey, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import { job } from "./job.ts";
import { person } from "./person.ts";

/**
 * One plan let go without its approval, in an emergency. Append-only. Triggers keep uses that nobody looked at to three,
 * and let none start without a signature, which is never the requester's.
 */
export const breakGlass = pgTable(
  "break_glass",
  {
    jobId: uuid("job_id").primaryKey(),
    digest: text("digest").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    sessionId: uuid("session_id").notNull(),
    reason: text("reason").notNull(),
    /** By when two people have to have looked at it. */
    reviewBy: timestamp("review_by", { withTimezone: true }).notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.jobId, table.requestedBy], foreignColumns: [job.id, job.requestedBy] }),
    foreignKey({ columns: [table.jobId, table.digest], foreignColumns: [job.id, job.digest] }),
    unique("break_glass_people").on(table.jobId, table.personId, table.requestedBy),
  ],
);

/** What one person found who looked at it afterwards: neither who broke the glass nor who had asked. Append-only. */
export const breakGlassReview = pgTable(
  "break_glass_review",
  {
    jobId: uuid("job_id").notNull(),
    brokenBy: uuid("broken_by").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    note: text("note").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.personId] }),
    foreignKey({
      columns: [table.jobId, table.brokenBy, table.requestedBy],
      foreignColumns: [breakGlass.jobId, breakGlass.personId, breakGlass.requestedBy],
    }),
    check(
      "break_glass_review_others",
      sql`${table.personId} <> ${table.brokenBy} and ${table.personId} <> ${table.requestedBy}`,
    ),
  ],
);
