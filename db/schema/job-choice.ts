import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { CHOICES } from "#server/domain/job/states.ts";
import { job } from "./job.ts";
import { person } from "./person.ts";

/** What a person chose after a step of a job had failed; one choice a job. Append-only. */
export const jobChoice = pgTable("job_choice", {
  jobId: uuid("job_id")
    .primaryKey()
    .references(() => job.id),
  stepId: text("step_id").notNull(),
  choice: text("choice", { enum: CHOICES }).notNull(),
  reason: text("reason").notNull(),
  personId: uuid("person_id")
    .notNull()
    .references(() => person.id),
  at: timestamp("at", { withTimezone: true }).notNull(),
});
