import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Assertion } from "#server/domain/check/expectation.ts";
import { RUN_ENDS, RUN_STATES } from "#server/domain/check/run.ts";
import type { CheckSettings } from "#server/domain/check/schema.ts";
import type { HostContent } from "#server/domain/host/host.ts";
import { person } from "./person.ts";
import { proposal } from "./proposal.ts";
import { item } from "./register.ts";
import { runbookVersion } from "./runbook.ts";

const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => "bytea",
  toDriver: (value) => Buffer.from(value),
});

/**
 * A key by which the console signs in on other machines. The runner makes it and seals it; nobody else ever has the
 * private half. AES-256-GCM, the row's id and name bound as associated data.
 */
export const hostKey = pgTable(
  "host_key",
  {
    id: uuid("id").primaryKey(),
    name: text("name").notNull().unique(),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    requestedAt: timestamp("requested_at", { withTimezone: true }).notNull(),
    /** `type base64`, for authorized_keys. */
    publicKey: text("public_key"),
    sealed: bytea("sealed"),
    madeAt: timestamp("made_at", { withTimezone: true }),
  },
  (table) => [
    check(
      "host_key_made",
      sql`(${table.madeAt} is null) = (${table.publicKey} is null) and (${table.madeAt} is null) = (${table.sealed} is null)`,
    ),
  ],
);

/** A machine that blocks run on. What it is stands in its versions. */
export const host = pgTable("host", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull().unique(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
});

/** A host as two people agreed on it; the newest counts. Only the console's own machine is there without. Append-only. */
export const hostVersion = pgTable(
  "host_version",
  {
    id: uuid("id").primaryKey(),
    hostId: uuid("host_id")
      .notNull()
      .references(() => host.id),
    number: integer("number").notNull(),
    content: jsonb("content").notNull().$type<HostContent>(),
    /** Of what an attestation is about; see domain/host. */
    digest: text("digest").notNull(),
    proposalId: uuid("proposal_id").references(() => proposal.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    unique("host_version_number").on(table.hostId, table.number),
    check("host_version_agreed", sql`${table.proposalId} is not null or ${table.content}->>'kind' = 'local'`),
  ],
);

/**
 * One person's word that exactly this block only reads. Two different people are needed; one can give it once for a
 * digest until it is withdrawn. Append-only but for that.
 */
export const blockAttestation = pgTable(
  "block_attestation",
  {
    id: uuid("id").primaryKey(),
    digest: text("digest").notNull(),
    hostId: uuid("host_id")
      .notNull()
      .references(() => host.id),
    /** What was attested, byte for byte. */
    script: text("script").notNull(),
    /** As whom it runs, as it was shown. */
    identity: text("identity").notNull(),
    /** Where it was attested: the check of an item, or a step of a published runbook. */
    itemId: uuid("item_id").references(() => item.id),
    runbookVersionId: uuid("runbook_version_id").references(() => runbookVersion.id),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    reason: text("reason").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    withdrawnBy: uuid("withdrawn_by").references(() => person.id),
    withdrawnAt: timestamp("withdrawn_at", { withTimezone: true }),
    withdrawnReason: text("withdrawn_reason"),
  },
  (table) => [
    uniqueIndex("block_attestation_person")
      .on(table.digest, table.personId)
      .where(sql`withdrawn_at is null`),
    index("block_attestation_item").on(table.itemId, table.at),
    check("block_attestation_of", sql`(${table.itemId} is null) <> (${table.runbookVersionId} is null)`),
    check(
      "block_attestation_withdrawn",
      sql`(${table.withdrawnBy} is null) = (${table.withdrawnAt} is null) and (${table.withdrawnBy} is null) = (${table.withdrawnReason} is null)`,
    ),
  ],
);

/** How a check is run and judged; the newest number of an item counts. Append-only. */
export const checkSetting = pgTable(
  "check_setting",
  {
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    number: integer("number").notNull(),
    content: jsonb("content").notNull().$type<CheckSettings>(),
    reason: text("reason").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.itemId, table.number] })],
);

/** One run of a check: what was asked for stays as it was asked, the rest is its progress. */
export const checkRun = pgTable(
  "check_run",
  {
    id: uuid("id").primaryKey(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    /** Digest of the block that two people had attested when it was asked for. */
    digest: text("digest").notNull(),
    script: text("script").notNull(),
    hostId: uuid("host_id")
      .notNull()
      .references(() => host.id),
    hostName: text("host_name").notNull(),
    identity: text("identity").notNull(),
    parameters: jsonb("parameters").notNull().$type<{ readonly [name: string]: string }>(),
    settings: jsonb("settings").notNull().$type<CheckSettings>(),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    requestedAt: timestamp("requested_at", { withTimezone: true }).notNull(),
    state: text("state", { enum: RUN_STATES }).notNull(),
    claimedBy: uuid("claimed_by"),
    startedAt: timestamp("started_at", { withTimezone: true }),
    cancelRequestedBy: uuid("cancel_requested_by").references(() => person.id),
    cancelRequestedAt: timestamp("cancel_requested_at", { withTimezone: true }),
    finishedAt: timestamp("finished_at", { withTimezone: true }),
    ending: text("ending", { enum: RUN_ENDS }),
    exitCode: integer("exit_code"),
    /** What happened, as a sentence. */
    says: text("says"),
    /** SHA-256 of exit code and output as they are kept. */
    observed: text("observed"),
    lines: integer("lines"),
    isTruncated: boolean("is_truncated"),
    /** Each expectation beside what was seen; null where there is none, or nothing to judge. */
    assertions: jsonb("assertions").$type<readonly Assertion[]>(),
  },
  (table) => [
    index("check_run_item").on(table.itemId, table.requestedAt),
    index("check_run_state").on(table.state, table.requestedAt),
    check("check_run_claimed", sql`(${table.state} = 'running') <= (${table.claimedBy} is not null)`),
    check(
      "check_run_finished",
      sql`(${table.state} = 'finished') = (${table.finishedAt} is not null) and (${table.state} = 'finished') = (${table.ending} is not null)`,
    ),
    check(
      "check_run_exited",
      sql`(${table.ending} = 'exited') <= (${table.exitCode} is not null and ${table.observed} is not null)`,
    ),
    // Two runs of one check at once would leave nobody able to say which result counts.
    uniqueIndex("check_run_one")
      .on(table.itemId)
      .where(sql`state <> 'finished'`),
  ],
);

/** What a run printed, masked before it is here. Append-only. */
export const checkLine = pgTable(
  "check_line",
  {
    runId: uuid("run_id")
      .notNull()
      .references(() => checkRun.id),
    seq: integer("seq").notNull(),
    stream: text("stream", { enum: ["stdout", "stderr", "note"] }).notNull(),
    text: text("text").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);
