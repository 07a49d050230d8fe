import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import type { DecisionEnvelope } from "#server/domain/decision/decide.ts";
import type { Engine } from "#server/domain/ssh-certificate/schema.ts";
import {
  AUTHORITY_KINDS,
  CERTIFICATE_PURPOSES,
  CERTIFICATE_REQUEST_STATES,
  CERTIFICATE_STEPS,
  ENGINE_TRIAL_STATES,
} from "#server/domain/ssh-certificate/states.ts";
import { bytea } from "./bytea.ts";
import { person } from "./person.ts";
import { proposal } from "./proposal.ts";

/**
 * A key that hosts trust for user certificates. The runner makes it and seals it; nobody else ever has the private half.
 * AES-256-GCM, the row's id bound as associated data. The newest that is made signs.
 */
export const sshAuthority = pgTable(
  "ssh_authority",
  {
    id: uuid("id").primaryKey(),
    number: integer("number").notNull().unique(),
    kind: text("kind", { enum: AUTHORITY_KINDS }).notNull(),
    /** Null for the first, which needs no agreement: no host trusts it yet. */
    proposalId: uuid("proposal_id").references(() => proposal.id),
    requestedAt: timestamp("requested_at", { withTimezone: true }).notNull(),
    /** `type base64`, for TrustedUserCAKeys. An engine that comes back has the one that it had. */
    publicKey: text("public_key"),
    sealed: bytea("sealed"),
    madeAt: timestamp("made_at", { withTimezone: true }),
    /** From when on it signs nothing; certificates under it run out by themselves. */
    retiredAt: timestamp("retired_at", { withTimezone: true }),
  },
  (table) => [
    check("ssh_authority_made", sql`(${table.madeAt} is null) = (${table.publicKey} is null)`),
    check(
      "ssh_authority_sealed",
      sql`(${table.sealed} is not null) = (${table.kind} = 'local' and ${table.madeAt} is not null)`,
    ),
  ],
);

/** A token for an SSH engine, sealed by the runner; the newest is used, and only at its address. Append-only. */
export const sshEngineToken = pgTable("ssh_engine_token", {
  id: uuid("id").primaryKey(),
  /** The variable that it came from. */
  name: text("name").notNull(),
  addr: text("addr").notNull(),
  /** Equal tokens have equal ones, and nothing leads back. */
  fingerprint: text("fingerprint").notNull(),
  sealed: bytea("sealed").notNull(),
  at: timestamp("at", { withTimezone: true }).notNull(),
});

/** An engine that was tried out from this installation: roles read, throw-away keys signed. No secret. */
export const sshEngineTrial = pgTable(
  "ssh_engine_trial",
  {
    id: uuid("id").primaryKey(),
    engine: jsonb("engine").notNull().$type<Engine>(),
    /** Of the engine's description. */
    digest: text("digest").notNull(),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    requestedAt: timestamp("requested_at", { withTimezone: true }).notNull(),
    state: text("state", { enum: ENGINE_TRIAL_STATES }).notNull(),
    /** One sentence for each thing that was found; of a failed one the last is why. */
    findings: jsonb("findings").notNull().$type<readonly string[]>(),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    index("ssh_engine_trial_digest").on(table.digest, table.endedAt),
    check("ssh_engine_trial_ended", sql`(${table.state} = 'requested') = (${table.endedAt} is null)`),
  ],
);

/** What two people agreed on about an authority that an engine has. Append-only. */
export const sshEngine = pgTable("ssh_engine", {
  authorityId: uuid("authority_id")
    .primaryKey()
    .references(() => sshAuthority.id),
  engine: jsonb("engine").notNull().$type<Engine>(),
  trialId: uuid("trial_id")
    .notNull()
    .references(() => sshEngineTrial.id),
});

/**
 * One asked-for certificate and how far it came. The decision stands here before anything is signed, and what is signed
 * refers to it.
 */
export const certificateRequest = pgTable(
  "certificate_request",
  {
    id: uuid("id").primaryKey(),
    actorName: text("actor_name").notNull(),
    /** Who is said to ask, as the decision is asked about it: the actor's name, or `iam:` and it. */
    subject: text("subject").notNull(),
    ttlHours: integer("ttl_hours").notNull(),
    /** `type base64`; never a private key. */
    publicKey: text("public_key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    purpose: text("purpose", { enum: CERTIFICATE_PURPOSES }).notNull(),
    /** The run that it is for: of a job's step or of a check. */
    runId: text("run_id"),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    requestedAt: timestamp("requested_at", { withTimezone: true }).notNull(),
    /** Nobody waits for the answer any longer: after this nothing is signed. */
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    state: text("state", { enum: CERTIFICATE_REQUEST_STATES }).notNull(),
    decisionId: text("decision_id"),
    question: jsonb("question").$type<Json>(),
    envelope: jsonb("envelope").$type<DecisionEnvelope>(),
    /** The step that refused, its code, and a sentence. */
    step: text("step", { enum: CERTIFICATE_STEPS }),
    code: text("code"),
    says: text("says"),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    unique("certificate_request_decision").on(table.id, table.decisionId),
    index("certificate_request_open")
      .on(table.requestedAt)
      .where(sql`state in ('requested', 'decided')`),
    check("certificate_request_run", sql`(${table.purpose} = 'run') = (${table.runId} is not null)`),
    check("certificate_request_ttl", sql`${table.ttlHours} >= 1`),
    check(
      "certificate_request_decided",
      sql`(${table.decisionId} is null) = (${table.envelope} is null) and (${table.decisionId} is null) = (${table.question} is null) and coalesce(${table.envelope}->>'id' = ${table.decisionId}, true)`,
    ),
    check(
      "certificate_request_allowed",
      sql`${table.state} not in ('decided', 'signed') or coalesce(${table.envelope}->>'effect', '') = 'allow'`,
    ),
    check(
      "certificate_request_ended",
      sql`(${table.state} in ('signed', 'refused', 'unavailable')) = (${table.endedAt} is not null) and (${table.state} in ('refused', 'unavailable')) = (${table.code} is not null) and (${table.code} is null) = (${table.says} is null)`,
    ),
  ],
);

/** A certificate that was signed: the log of signatures. Append-only but for its revocation, which is final. */
export const sshCertificate = pgTable(
  "ssh_certificate",
  {
    id: uuid("id").primaryKey(),
    requestId: uuid("request_id").notNull().unique(),
    decisionId: text("decision_id").notNull(),
    actorName: text("actor_name").notNull(),
    purpose: text("purpose", { enum: CERTIFICATE_PURPOSES }).notNull(),
    authorityId: uuid("authority_id")
      .notNull()
      .references(() => sshAuthority.id),
    /** Unsigned 64 bits. */
    serial: numeric("serial", { precision: 20, scale: 0 }).notNull(),
    keyId: text("key_id").notNull(),
    fingerprint: text("fingerprint").notNull(),
    principals: jsonb("principals").notNull().$type<readonly string[]>(),
    ttlHours: integer("ttl_hours").notNull(),
    validAfter: timestamp("valid_after", { withTimezone: true }).notNull(),
    validBefore: timestamp("valid_before", { withTimezone: true }).notNull(),
    /** One line: type and base64. */
    line: text("line").notNull(),
    signedAt: timestamp("signed_at", { withTimezone: true }).notNull(),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
    /** Null where the console did it: for the next certificate, or at the end of a run. */
    revokedBy: uuid("revoked_by").references(() => person.id),
    revokedReason: text("revoked_reason"),
  },
  (table) => [
    foreignKey({
      name: "ssh_certificate_decision",
      columns: [table.requestId, table.decisionId],
      foreignColumns: [certificateRequest.id, certificateRequest.decisionId],
    }),
    unique("ssh_certificate_serial").on(table.authorityId, table.serial),
    index("ssh_certificate_actor").on(table.actorName, table.validBefore),
    index("ssh_certificate_signed").on(table.signedAt),
    // Whoever carries a certificate away has one for an actor; runs of the console may overlap.
    uniqueIndex("ssh_certificate_one")
      .on(table.actorName)
      .where(sql`purpose = 'person' and revoked_at is null`),
    check("ssh_certificate_valid", sql`${table.validAfter} < ${table.validBefore}`),
    check(
      "ssh_certificate_ttl",
      sql`${table.validBefore} - ${table.validAfter} <= make_interval(hours => ${table.ttlHours})`,
    ),
    check("ssh_certificate_revoked", sql`(${table.revokedAt} is null) = (${table.revokedReason} is null)`),
  ],
);
