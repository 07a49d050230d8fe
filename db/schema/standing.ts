import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import { job } from "./job.ts";
import { person } from "./person.ts";
import { proposal } from "./proposal.ts";

/**
 * A change that two people let run again without a fresh approval, bounded in what, where, how often and how long. A
 * trigger takes none but what an applied proposal of these very two people made.
 */
export const standingApproval = pgTable(
  "standing_approval",
  {
    id: uuid("id").primaryKey(),
    /** For people: standing approval 3. */
    number: integer("number").notNull().unique().generatedAlwaysAsIdentity(),
    proposalId: uuid("proposal_id")
      .notNull()
      .unique()
      .references(() => proposal.id),
    content: jsonb("content").notNull().$type<Json>(),
    madeBy: uuid("made_by")
      .notNull()
      .references(() => person.id),
    agreedBy: uuid("agreed_by")
      .notNull()
      .references(() => person.id),
    maxUses: integer("max_uses").notNull(),
    validFrom: timestamp("valid_from", { withTimezone: true }).notNull(),
    validUntil: timestamp("valid_until", { withTimezone: true }).notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    withdrawnBy: uuid("withdrawn_by").references(() => proposal.id),
    withdrawnAt: timestamp("withdrawn_at", { withTimezone: true }),
  },
  (table) => [
    check("standing_approval_by_two", sql`${table.madeBy} <> ${table.agreedBy}`),
    check("standing_approval_uses", sql`${table.maxUses} between 1 and 100`),
    check(
      "standing_approval_time",
      sql`${table.validUntil} > ${table.validFrom} and ${table.validUntil} <= ${table.validFrom} + interval '30 days'`,
    ),
    check(
      "standing_approval_withdrawn",
      sql`(${table.withdrawnBy} is null) = (${table.withdrawnAt} is null)`,
    ),
  ],
);

/**
 * One use, in place of an approval of one job's frozen digest. Append-only. Its number is one of `max_uses`, each taken
 * once; a trigger refuses what is withdrawn, out of its time, or no plain change.
 */
export const standingUse = pgTable(
  "standing_use",
  {
    jobId: uuid("job_id").primaryKey(),
    digest: text("digest").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    standingId: uuid("standing_id")
      .notNull()
      .references(() => standingApproval.id),
    use: integer("use").notNull(),
    sessionId: uuid("session_id").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.jobId, table.requestedBy], foreignColumns: [job.id, job.requestedBy] }),
    foreignKey({ columns: [table.jobId, table.digest], foreignColumns: [job.id, job.digest] }),
    unique("standing_use_once").on(table.standingId, table.use),
  ],
);
