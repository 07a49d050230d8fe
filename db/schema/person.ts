import { sql } from "drizzle-orm";
import { bigint, boolean, index, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { PROOFS } from "#server/domain/passkey/states.ts";
import { ROLES } from "#server/domain/person/states.ts";

export const person = pgTable(
  "person",
  {
    id: uuid("id").primaryKey(),
    /** Lower-case ASCII; see domain/person/schema.ts. */
    email: text("email").notNull().unique(),
    name: text("name").notNull(),
    /** scrypt with its parameters, or null for people who sign in by OIDC only. */
    passwordHash: text("password_hash"),
    oidcIssuer: text("oidc_issuer"),
    oidcSubject: text("oidc_subject"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    disabledAt: timestamp("disabled_at", { withTimezone: true }),
  },
  (table) => [uniqueIndex("person_oidc").on(table.oidcIssuer, table.oidcSubject)],
);

export const roleGrant = pgTable(
  "role_grant",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    role: text("role", { enum: ROLES }).notNull(),
    /** Null: made with the installation. */
    grantedBy: uuid("granted_by").references(() => person.id),
    grantedAt: timestamp("granted_at", { withTimezone: true }).notNull(),
    revokedBy: uuid("revoked_by").references(() => person.id),
    revokedAt: timestamp("revoked_at", { withTimezone: true }),
  },
  (table) => [
    uniqueIndex("role_grant_live")
      .on(table.personId, table.role)
      .where(sql`revoked_at is null`),
  ],
);

/** A sign-in. Read on every request: ending the row ends the access. */
export const session = pgTable(
  "session",
  {
    /** SHA-256 of the id that the cookie carries, so that reading this table does not make a session. */
    idHash: text("id_hash").primaryKey(),
    id: uuid("id").notNull().unique(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    /** Acts of the person, not heartbeats of a page. */
    lastActiveAt: timestamp("last_active_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    /** When the person last proved who they are in this session. A new proof makes a new session. */
    steppedUpAt: timestamp("stepped_up_at", { withTimezone: true }),
    /** How: whoever has a passkey proves it by nothing else. */
    steppedUpBy: text("stepped_up_by", { enum: PROOFS }),
    endedAt: timestamp("ended_at", { withTimezone: true }),
    endedReason: text("ended_reason"),
    userAgent: text("user_agent"),
  },
  (table) => [index("session_person").on(table.personId)],
);

/** One row per attempt; the throttle counts recent failures. */
export const signInAttempt = pgTable(
  "sign_in_attempt",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    email: text("email").notNull(),
    address: text("address").notNull(),
    succeeded: boolean("succeeded").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    index("sign_in_attempt_email").on(table.email, table.at),
    index("sign_in_attempt_address").on(table.address, table.at),
  ],
);
