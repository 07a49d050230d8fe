import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
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
import { JOB_STATES, JOURNAL_KINDS, OUTPUT_STREAMS, RESOLUTIONS } from "#server/domain/job/states.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { EFFECTS } from "#server/domain/plan/states.ts";
import { cloud } from "./cloud.ts";
import { person } from "./person.ts";
import { runbookVersion } from "./runbook.ts";
import { tenant } from "./tenant.ts";

/**
 * One requested execution of one frozen plan. The application may update only the columns of its progress; the plan,
 * its digest, nonce, requester and expiry are insert-only by column grants.
 */
export const job = pgTable(
  "job",
  {
    id: uuid("id").primaryKey(),
    /** For people: job 12. */
    number: integer("number").notNull().unique().generatedAlwaysAsIdentity(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    cloudId: uuid("cloud_id")
      .notNull()
      .references(() => cloud.id),
    runbookVersionId: uuid("runbook_version_id")
      .notNull()
      .references(() => runbookVersion.id),
    stageKey: text("stage_key").notNull(),
    stageTitle: text("stage_title").notNull(),
    stageHash: text("stage_hash").notNull(),
    /** One running job per lane: the tenant. */
    lane: text("lane").notNull(),
    effect: text("effect", { enum: EFFECTS }).notNull(),
    plan: jsonb("plan").notNull().$type<StagePlan>(),
    contentDigest: text("content_digest").notNull(),
    digest: text("digest").notNull(),
    nonce: text("nonce").notNull().unique(),
    idempotencyKey: uuid("idempotency_key").notNull(),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    reason: text("reason").notNull(),
    /** What the rules said when it was asked for; null is no rule, and no rule denies. */
    rules: jsonb("rules").$type<Json>(),
    startsOnApproval: boolean("starts_on_approval").notNull(),
    requestedAt: timestamp("requested_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),

    state: text("state", { enum: JOB_STATES }).notNull(),
    stateChangedAt: timestamp("state_changed_at", { withTimezone: true }).notNull(),
    /** Set once, by the conditional update that spends the approval. */
    consumedAt: timestamp("consumed_at", { withTimezone: true }),
    queuedAt: timestamp("queued_at", { withTimezone: true }),
    startedAt: timestamp("started_at", { withTimezone: true }),
    finishedAt: timestamp("finished_at", { withTimezone: true }),
    /** A sentence about how it ended, and what to do. */
    outcomeSays: text("outcome_says"),
    outcomeAdvice: text("outcome_advice"),
    cancelRequestedBy: uuid("cancel_requested_by").references(() => person.id),
    cancelRequestedAt: timestamp("cancel_requested_at", { withTimezone: true }),
    resolvedAt: timestamp("resolved_at", { withTimezone: true }),
    resolution: text("resolution", { enum: RESOLUTIONS }),
    /** Drift seen when the plan was made again: paths with before and after. */
    drift: jsonb("drift").$type<{ path: string; before: Json | null; after: Json | null }[]>(),
  },
  (table) => [
    unique("job_requester").on(table.id, table.requestedBy),
    unique("job_digest").on(table.id, table.digest),
    unique("job_idempotency").on(table.requestedBy, table.idempotencyKey),
    index("job_state").on(table.state, table.queuedAt),
    index("job_tenant").on(table.tenantId, table.stageKey, table.number),
    index("job_green")
      .on(table.cloudId, table.stageKey, table.stageHash)
      .where(sql`state = 'succeeded'`),
  ],
);

/**
 * A decision on one plan digest. The database refuses what the code might forget: the digest is the frozen one, the
 * person is not the requester, one decision per person. Append-only.
 */
export const approval = pgTable(
  "approval",
  {
    id: uuid("id").primaryKey(),
    jobId: uuid("job_id").notNull(),
    digest: text("digest").notNull(),
    requestedBy: uuid("requested_by").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    sessionId: uuid("session_id").notNull(),
    decision: text("decision", { enum: ["approve", "reject"] }).notNull(),
    tickedCallIds: jsonb("ticked_call_ids").notNull().$type<string[]>(),
    reason: text("reason").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.jobId, table.requestedBy], foreignColumns: [job.id, job.requestedBy] }),
    foreignKey({ columns: [table.jobId, table.digest], foreignColumns: [job.id, job.digest] }),
    unique("approval_once").on(table.jobId, table.personId),
    check("approval_second_person", sql`${table.personId} <> ${table.requestedBy}`),
  ],
);

/** Who works in a lane. The primary key is the lock; the fencing token grows and is checked at every journal write. */
export const lease = pgTable("lease", {
  lane: text("lane").primaryKey(),
  jobId: uuid("job_id")
    .notNull()
    .references(() => job.id),
  runnerId: uuid("runner_id").notNull(),
  fencing: bigint("fencing", { mode: "number" }).notNull().generatedAlwaysAsIdentity(),
  acquiredAt: timestamp("acquired_at", { withTimezone: true }).notNull(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
});

/** Write-ahead record of a job: intent before, outcome after each side effect. Append-only. */
export const journalEntry = pgTable(
  "journal_entry",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    seq: integer("seq").notNull(),
    fencing: bigint("fencing", { mode: "number" }).notNull(),
    kind: text("kind", { enum: JOURNAL_KINDS }).notNull(),
    stepId: text("step_id"),
    callId: text("call_id"),
    body: jsonb("body").notNull().$type<Json>(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.seq] })],
);

/** What a job printed, masked at capture. Appended first, then announced. */
export const outputLine = pgTable(
  "output_line",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    seq: integer("seq").notNull(),
    stepId: text("step_id"),
    stream: text("stream", { enum: OUTPUT_STREAMS }).notNull(),
    text: text("text").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.seq] })],
);

/** Values that a step's read-back observed, with its expectations. Append-only. */
export const evidence = pgTable(
  "evidence",
  {
    id: uuid("id").primaryKey(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    stepId: text("step_id").notNull(),
    values: jsonb("values").notNull().$type<Record<string, Json>>(),
    expectations: jsonb("expectations")
      .notNull()
      .$type<{ that: string; expected: string; observed: string; passed: boolean }[]>(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [index("evidence_job").on(table.jobId)],
);

/** Verdict of a gate: every assertion with expected and observed. Append-only. */
export const gateResult = pgTable(
  "gate_result",
  {
    id: uuid("id").primaryKey(),
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    gateId: text("gate_id").notNull(),
    passed: boolean("passed").notNull(),
    assertions: jsonb("assertions")
      .notNull()
      .$type<
        { that: string; says: string; advice: string; expected: string; observed: string; passed: boolean }[]
      >(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [unique("gate_result_once").on(table.jobId, table.gateId)],
);

/** One person's verdict on an unknown outcome; two equal ones of two people settle it. Append-only. */
export const jobResolution = pgTable(
  "job_resolution",
  {
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    verdict: text("verdict", { enum: RESOLUTIONS }).notNull(),
    reason: text("reason").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.personId] })],
);
