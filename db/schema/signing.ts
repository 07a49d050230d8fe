import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { SIGNER_ROLES } from "#server/domain/signed-operation/states.ts";
import { job } from "./job.ts";
import { person } from "./person.ts";

/** What operations are addressed to: one row, made with the installation and never changed. */
export const installation = pgTable(
  "installation",
  { id: integer("id").primaryKey(), hostId: text("host_id").notNull().unique() },
  (table) => [check("installation_one", sql`${table.id} = 1`)],
);

/**
 * An enrolled public key. Key material stands here once and for ever: a revoked key cannot come back under another role
 * or another name.
 */
export const signer = pgTable(
  "signer",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    role: text("role", { enum: SIGNER_ROLES }).notNull(),
    keyType: text("key_type").notNull(),
    /** `type base64`, as in a .pub file. */
    publicKey: text("public_key").notNull().unique(),
    fingerprint: text("fingerprint").notNull().unique(),
    comment: text("comment").notNull(),
    validAfter: timestamp("valid_after", { withTimezone: true }),
    validBefore: timestamp("valid_before", { withTimezone: true }),
    enrolledAt: timestamp("enrolled_at", { withTimezone: true }).notNull(),
    /** The proposal that two people agreed on, or the nonce of the recovery key's operation. */
    enrolledBy: text("enrolled_by").notNull(),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
    revokedBy: text("revoked_by"),
    revokedReason: text("revoked_reason"),
  },
  (table) => [
    check("signer_revoked", sql`(${table.revokedAt} is null) = (${table.revokedBy} is null)`),
    index("signer_person").on(table.personId),
  ],
);

/**
 * The bytes that a signer is asked to sign, as canonical JSON. The newest of a job is the one on its page; an earlier
 * one was spent on a signature that was refused after its nonce. Append-only.
 */
export const operation = pgTable(
  "operation",
  {
    nonce: text("nonce").primaryKey(),
    /** Null: not about a job, but about the keys themselves. */
    jobId: uuid("job_id").references(() => job.id),
    /** 1, 2, ...: of that job. */
    attempt: integer("attempt").notNull(),
    op: text("op").notNull(),
    message: text("message").notNull(),
    issuedAt: timestamp("issued_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    /** Who had it made, where no job stands behind it. */
    askedBy: uuid("asked_by").references(() => person.id),
  },
  (table) => [
    unique("operation_attempt").on(table.jobId, table.attempt),
    check("operation_origin", sql`(${table.jobId} is null) <> (${table.askedBy} is null)`),
  ],
);

/** Nonces that were presented with a good signature: never again, whatever came of it. Append-only. */
export const usedNonce = pgTable("used_nonce", {
  nonce: text("nonce").primaryKey(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  presentedBy: uuid("presented_by")
    .notNull()
    .references(() => person.id),
  at: timestamp("at", { withTimezone: true }).notNull(),
});

/**
 * An accepted signature over exactly the frozen plan. The database refuses what the code might forget: one per job, of
 * the frozen digest, over a nonce that is spent, by somebody else than who asked. Append-only.
 */
export const signature = pgTable(
  "signature",
  {
    id: uuid("id").primaryKey(),
    jobId: uuid("job_id"),
    digest: text("digest"),
    requestedBy: uuid("requested_by"),
    nonce: text("nonce")
      .notNull()
      .unique()
      .references(() => usedNonce.nonce),
    signerId: uuid("signer_id")
      .notNull()
      .references(() => signer.id),
    /** Whose key it is. */
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    /** Who handed it in. */
    presentedBy: uuid("presented_by")
      .notNull()
      .references(() => person.id),
    sessionId: uuid("session_id").notNull(),
    armored: text("armored").notNull(),
    message: text("message").notNull(),
    namespace: text("namespace").notNull(),
    /** Flags and counter of a security key, else null. */
    presence: jsonb("presence").$type<{ flags: number; counter: number }>(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.jobId, table.requestedBy], foreignColumns: [job.id, job.requestedBy] }),
    foreignKey({ columns: [table.jobId, table.digest], foreignColumns: [job.id, job.digest] }),
    uniqueIndex("signature_once").on(table.jobId),
    check("signature_second_person", sql`${table.personId} <> ${table.requestedBy}`),
    check(
      "signature_of_job",
      sql`(${table.jobId} is null) = (${table.digest} is null) and (${table.jobId} is null) = (${table.requestedBy} is null)`,
    ),
  ],
);
