import { sql } from "drizzle-orm";
import { check, index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { type Given, HAND_RESULTS, type Kept } from "#server/domain/hand/schema.ts";
import { bytea } from "./bytea.ts";
import { job } from "./job.ts";
import { person } from "./person.ts";

/**
 * The word of the person whom a step by hand is for; one of each step of a job. What was handed in stands in `given` until
 * the runner has masked it: then it stands in `kept`, and `given` is empty for good.
 */
export const handRecord = pgTable(
  "hand_record",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    stepId: text("step_id").notNull(),
    result: text("result", { enum: HAND_RESULTS }).notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    /** People whom the step has to differ from. */
    differsFrom: uuid("differs_from").array().notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    given: jsonb("given").$type<Given>(),
    kept: jsonb("kept").$type<Kept>(),
  },
  (table) => [
    primaryKey({ columns: [table.jobId, table.stepId] }),
    index("hand_record_given")
      .on(table.jobId)
      .where(sql`given is not null`),
    check("hand_record_differs", sql`not (${table.personId} = any (${table.differsFrom}))`),
    check("hand_record_masked", sql`(${table.given} is null) = (${table.kept} is not null)`),
  ],
);

/** A file that was handed in, masked. Append-only. */
export const handFile = pgTable(
  "hand_file",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    stepId: text("step_id").notNull(),
    name: text("name").notNull(),
    fileName: text("file_name").notNull(),
    content: bytea("content").notNull(),
    digest: text("digest").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.stepId, table.name] })],
);
