import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import type { SignedHead } from "#server/domain/audit/head.ts";
import { person } from "./person.ts";

/** Append-only, contiguous, chained by hash. */
export const auditEntry = pgTable(
  "audit_entry",
  {
    seq: bigint("seq", { mode: "number" }).primaryKey(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    actor: jsonb("actor").notNull().$type<{ kind: string; id: string; name: string }>(),
    action: text("action").notNull(),
    outcome: text("outcome", { enum: ["done", "denied", "failed"] }).notNull(),
    objectKind: text("object_kind").notNull(),
    objectId: text("object_id").notNull(),
    details: jsonb("details").notNull().$type<{ readonly [key: string]: Json }>(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    index("audit_entry_object").on(table.objectKind, table.objectId),
    index("audit_entry_action").on(table.action, table.seq),
    index("audit_entry_actor").on(sql`(${table.actor} ->> 'id')`, table.seq),
  ],
);

/** The head of the chain and of the tree over it: one row, locked by whoever appends. */
export const auditHead = pgTable("audit_head", {
  id: smallint("id").primaryKey(),
  seq: bigint("seq", { mode: "number" }).notNull(),
  hash: text("hash").notNull(),
  /** Hashes of the complete subtrees, largest first: what the next append needs of the whole tree. */
  frontier: jsonb("frontier").notNull().default([]).$type<string[]>(),
});

/** Inner nodes of the tree, each written once when it became complete. The leaves are the entries' hashes. */
export const auditNode = pgTable(
  "audit_node",
  {
    level: smallint("level").notNull(),
    index: bigint("index", { mode: "number" }).notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.index] })],
);

/** The public half of the key that signs heads and evidence. One, ever: the private one is with the runner. */
export const installationKey = pgTable(
  "installation_key",
  {
    id: smallint("id").primaryKey(),
    keyId: text("key_id").notNull(),
    publicKey: text("public_key").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [check("installation_key_one", sql`${table.id} = 1`)],
);

/** Heads as they were signed. Append-only. */
export const signedHead = pgTable(
  "signed_head",
  {
    id: uuid("id").primaryKey(),
    size: bigint("size", { mode: "number" }).notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    head: jsonb("head").notNull().$type<SignedHead>(),
  },
  (table) => [index("signed_head_size").on(table.size, table.at)],
);

/** Where a head was sent outside of the database: the first failure and the success of each. Append-only. */
export const headDelivery = pgTable(
  "head_delivery",
  {
    headId: uuid("head_id")
      .notNull()
      .references(() => signedHead.id),
    destination: text("destination", { enum: ["file", "git", "webhook"] }).notNull(),
    outcome: text("outcome", { enum: ["done", "failed"] }).notNull(),
    says: text("says"),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.headId, table.destination, table.outcome] })],
);

/** What a person asked the key's holder to sign: a head over the log as it is now, or the manifest of a bundle. */
export const signingRequest = pgTable(
  "signing_request",
  {
    id: uuid("id").primaryKey(),
    kind: text("kind", { enum: ["head", "manifest"] }).notNull(),
    /** SHA-256 of the manifest; null for a head. */
    digest: text("digest"),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [index("signing_request_at").on(table.at)],
);

/** The answer to a request, once: the head, or the signature over the manifest's digest. Append-only. */
export const signingAnswer = pgTable("signing_answer", {
  requestId: uuid("request_id")
    .primaryKey()
    .references(() => signingRequest.id),
  headId: uuid("head_id").references(() => signedHead.id),
  signature: text("signature"),
  at: timestamp("at", { withTimezone: true }).notNull(),
});

/** Each time an older backup was accepted in place of a newer database. Append-only. */
export const restoreEpoch = pgTable("restore_epoch", {
  id: uuid("id").primaryKey(),
  at: timestamp("at", { withTimezone: true }).notNull(),
  /** Entries that the newest kept head was over. */
  keptSize: bigint("kept_size", { mode: "number" }).notNull(),
  keptRoot: text("kept_root").notNull(),
  /** Entries that the restored database holds. */
  restoredSize: bigint("restored_size", { mode: "number" }).notNull(),
});
