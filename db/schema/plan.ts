import { index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { EFFECTS, PLAN_PURPOSES, PLAN_STATES } from "#server/domain/plan/states.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { person } from "./person.ts";
import { tenant } from "./tenant.ts";

/** A planning task for the runner and its result. What a job runs is the copy frozen in the job, never this row. */
export const plan = pgTable(
  "plan",
  {
    id: uuid("id").primaryKey(),
    purpose: text("purpose", { enum: PLAN_PURPOSES }).notNull(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    stageKey: text("stage_key").notNull(),
    /** For a recheck: the job whose frozen plan is compared. */
    jobId: uuid("job_id"),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    /** Blocks on hosts that whoever asked wants to be run by people, who paste what they printed. */
    byHand: text("by_hand").array().notNull().default([]),
    state: text("state", { enum: PLAN_STATES }).notNull(),
    content: jsonb("content").$type<StagePlan>(),
    contentDigest: text("content_digest"),
    effect: text("effect", { enum: EFFECTS }),
    /** For blocked and failed: what is in the way, and what to do. */
    says: text("says"),
    advice: text("advice"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    claimedBy: uuid("claimed_by"),
    claimedAt: timestamp("claimed_at", { withTimezone: true }),
    finishedAt: timestamp("finished_at", { withTimezone: true }),
  },
  (table) => [
    index("plan_tenant_stage").on(table.tenantId, table.stageKey, table.createdAt),
    index("plan_job").on(table.jobId, table.createdAt),
    index("plan_state").on(table.state, table.createdAt),
  ],
);
