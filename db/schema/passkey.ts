import { sql } from "drizzle-orm";
import { bigint, check, index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { CHALLENGE_PURPOSES } from "#server/domain/passkey/states.ts";
import { bytea } from "./bytea.ts";
import { person, session } from "./person.ts";

/** A person's passkey: the public half. A removed one stays, so that its id never comes back under another name. */
export const passkey = pgTable(
  "passkey",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    /** base64url, as the authenticator gave it. */
    credentialId: text("credential_id").notNull().unique(),
    /** COSE key (RFC 9052, section 7). */
    publicKey: bytea("public_key").notNull(),
    /** Signature counter of the last use; 0 for authenticators that keep none (WebAuthn, 6.1.1). */
    counter: bigint("counter", { mode: "number" }).notNull(),
    transports: jsonb("transports").$type<string[]>().notNull(),
    name: text("name").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    lastUsedAt: timestamp("last_used_at", { withTimezone: true }),
    removedAt: timestamp("removed_at", { withTimezone: true }),
  },
  (table) => [
    index("passkey_person").on(table.personId),
    check("passkey_counter", sql`${table.counter} >= 0`),
  ],
);

/** What one session was asked to prove, for one purpose: used once, within minutes. */
export const passkeyChallenge = pgTable(
  "passkey_challenge",
  {
    id: uuid("id").primaryKey(),
    /** base64url of 32 random bytes. */
    challenge: text("challenge").notNull().unique(),
    purpose: text("purpose", { enum: CHALLENGE_PURPOSES }).notNull(),
    sessionId: uuid("session_id")
      .notNull()
      .references(() => session.id),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    usedAt: timestamp("used_at", { withTimezone: true }),
  },
  (table) => [index("passkey_challenge_session").on(table.sessionId, table.purpose)],
);
