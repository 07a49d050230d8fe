import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import { DECISION_EFFECTS } from "#server/domain/decision/states.ts";
import { ACCESS_PROVIDERS, ASKERS } from "#server/domain/access-policy/states.ts";
import { proposal } from "./proposal.ts";

/**
 * Versions of the registry of actors: the newest is in force. Append-only; every one but the first was agreed to by two
 * people, which its proposal says.
 */
export const accessRegistry = pgTable(
  "access_registry",
  {
    number: integer("number").primaryKey(),
    /** The snapshot file as it is exported, byte for byte. */
    snapshot: text("snapshot").notNull(),
    digest: text("digest").notNull(),
    says: text("says").notNull(),
    proposalId: uuid("proposal_id").references(() => proposal.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    check("access_registry_agreed", sql`${table.number} = 1 or ${table.proposalId} is not null`),
    check("access_registry_digest", sql`${table.digest} ~ '^sha256:[0-9a-f]{64}$'`),
  ],
);

/** Policy packages that were activated: the newest is in force. Append-only, agreed to like registries. */
export const accessPackage = pgTable(
  "access_package",
  {
    number: integer("number").primaryKey(),
    /** The whole document. */
    document: text("document").notNull(),
    name: text("name").notNull(),
    version: text("version").notNull(),
    passing: integer("passing").notNull(),
    cases: integer("cases").notNull(),
    proposalId: uuid("proposal_id").references(() => proposal.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    check("access_package_agreed", sql`${table.number} = 1 or ${table.proposalId} is not null`),
    check("access_package_passes", sql`${table.passing} = ${table.cases}`),
  ],
);

/** Who decides: the console itself, or an external service. The newest row is in force; without any the console does. */
export const accessProvider = pgTable(
  "access_provider",
  {
    number: integer("number").primaryKey(),
    kind: text("kind", { enum: ACCESS_PROVIDERS }).notNull(),
    /** Scheme, host and port of the external service; null for the console itself. */
    origin: text("origin"),
    /** Whether it is asked before a job starts as well. */
    asksJobs: boolean("asks_jobs").notNull().default(false),
    /** What was answered when it was tried out: health, one allow, one deny. No secret. */
    smokes: jsonb("smokes").$type<Json>(),
    proposalId: uuid("proposal_id")
      .notNull()
      .references(() => proposal.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    check(
      "access_provider_external",
      sql`(${table.kind} = 'external') = (${table.origin} is not null and ${table.smokes} is not null)`,
    ),
    check("access_provider_jobs", sql`${table.kind} = 'external' or not ${table.asksJobs}`),
  ],
);

/** Every decision about access, as it was answered: those of the console before they are used. Append-only. */
export const accessDecision = pgTable(
  "access_decision",
  {
    seq: bigint("seq", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** Equal inputs have equal ids, so it may stand here more than once. */
    decisionId: text("decision_id").notNull(),
    asker: text("asker", { enum: ASKERS }).notNull(),
    subject: text("subject").notNull(),
    resource: text("resource").notNull(),
    action: text("action").notNull(),
    effect: text("effect", { enum: DECISION_EFFECTS }).notNull(),
    reason: text("reason").notNull(),
    question: jsonb("question").notNull().$type<Json>(),
    envelope: jsonb("envelope").notNull().$type<Json>(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    index("access_decision_id").on(table.decisionId),
    index("access_decision_subject").on(table.subject, table.seq),
    check(
      "access_decision_is_envelope",
      sql`${table.envelope}->>'id' = ${table.decisionId} and ${table.envelope}->>'effect' = ${table.effect}`,
    ),
  ],
);
