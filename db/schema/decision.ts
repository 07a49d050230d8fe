import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { DECISION_EFFECTS } from "#server/domain/decision/states.ts";
import type { DecisionEnvelope } from "#server/domain/decision/decide.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { job } from "./job.ts";

/**
 * Every decision about a job, written before it is used. Append-only. The foreign key binds it to the frozen digest, and
 * a trigger lets no job start without one that allows exactly that.
 */
export const decisionRecord = pgTable(
  "decision_record",
  {
    seq: bigint("seq", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** Equal inputs have equal ids, so it may stand here more than once. */
    decisionId: text("decision_id").notNull(),
    jobId: uuid("job_id").notNull(),
    digest: text("digest").notNull(),
    action: text("action").notNull(),
    effect: text("effect", { enum: DECISION_EFFECTS }).notNull(),
    reason: text("reason").notNull(),
    question: jsonb("question").notNull().$type<Json>(),
    envelope: jsonb("envelope").notNull().$type<DecisionEnvelope>(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.jobId, table.digest], foreignColumns: [job.id, job.digest] }),
    index("decision_record_job").on(table.jobId, table.seq),
    check("decision_record_id", sql`${table.decisionId} ~ '^decision:[0-9a-f]{16}$'`),
    check(
      "decision_record_is_envelope",
      sql`${table.envelope}->>'id' = ${table.decisionId} and ${table.envelope}->>'effect' = ${table.effect} and ${table.question}->>'action' = ${table.action}`,
    ),
  ],
);
