import { sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import { cloud } from "./cloud.ts";
import { job } from "./job.ts";
import { person } from "./person.ts";
import { proposal } from "./proposal.ts";
import { tenant } from "./tenant.ts";

/** The approval rules, every version ever in force; the newest counts. Append-only; all but the first by a proposal. */
export const approvalRuleSet = pgTable(
  "approval_rule_set",
  {
    version: integer("version").primaryKey(),
    content: jsonb("content").notNull().$type<Json>(),
    proposalId: uuid("proposal_id")
      .unique()
      .references(() => proposal.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    check("approval_rule_set_by_two", sql`${table.version} = 1 or ${table.proposalId} is not null`),
    check("approval_rule_set_counts", sql`${table.version} >= 1`),
  ],
);

/** One person decided what takes several, out of need. Listed until somebody who had no part in it has looked at it. */
export const breakGlass = pgTable(
  "break_glass",
  {
    jobId: uuid("job_id")
      .primaryKey()
      .references(() => job.id),
    requestedBy: uuid("requested_by").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    reason: text("reason").notNull(),
    /** What was passed over, in sentences. */
    waived: jsonb("waived").notNull().$type<string[]>(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    reviewedBy: uuid("reviewed_by").references(() => person.id),
    reviewSays: text("review_says"),
    reviewedAt: timestamp("reviewed_at", { withTimezone: true }),
  },
  (table) => [
    check("break_glass_second_person", sql`${table.personId} <> ${table.requestedBy}`),
    check(
      "break_glass_reviewer",
      sql`${table.reviewedBy} <> ${table.personId} and ${table.reviewedBy} <> ${table.requestedBy}`,
    ),
  ],
);

/** What two people allowed in advance: exactly this stage's bytes and this shape of a plan, so many times, so long. */
export const standingApproval = pgTable(
  "standing_approval",
  {
    id: uuid("id").primaryKey(),
    proposalId: uuid("proposal_id")
      .notNull()
      .unique()
      .references(() => proposal.id),
    madeBy: uuid("made_by")
      .notNull()
      .references(() => person.id),
    approvedBy: uuid("approved_by")
      .notNull()
      .references(() => person.id),
    cloudId: uuid("cloud_id")
      .notNull()
      .references(() => cloud.id),
    /** Null: any tenant of the cloud. */
    tenantId: uuid("tenant_id").references(() => tenant.id),
    stageKey: text("stage_key").notNull(),
    stageTitle: text("stage_title").notNull(),
    stageHash: text("stage_hash").notNull(),
    shape: text("shape").notNull(),
    maxUses: integer("max_uses").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    revokedBy: uuid("revoked_by").references(() => person.id),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
    revokeReason: text("revoke_reason"),
  },
  (table) => [
    check("standing_approval_second_person", sql`${table.madeBy} <> ${table.approvedBy}`),
    check("standing_approval_bounded", sql`${table.maxUses} between 1 and 100`),
    index("standing_approval_stage").on(table.cloudId, table.stageHash),
  ],
);

/** Each use, numbered from 1, so that no two jobs take the same one. Append-only. */
export const standingUse = pgTable(
  "standing_use",
  {
    standingId: uuid("standing_id")
      .notNull()
      .references(() => standingApproval.id),
    n: integer("n").notNull(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.standingId, table.n] }),
    unique("standing_use_job").on(table.jobId),
    check("standing_use_counts", sql`${table.n} >= 1`),
  ],
);
