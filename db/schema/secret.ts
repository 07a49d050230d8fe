import { sql } from "drizzle-orm";
import {
  check,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { SEALED_NAMES } from "#server/domain/secret/names.ts";
import { bytea } from "./bytea.ts";
import { person } from "./person.ts";
import { tenant } from "./tenant.ts";

/** A sealed value. AES-256-GCM under the runner's key; the row id, tenant, name and version are bound as AAD. */
export const secret = pgTable(
  "secret",
  {
    id: uuid("id").primaryKey(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    name: text("name", { enum: SEALED_NAMES }).notNull(),
    version: integer("version").notNull(),
    /** Null once destroyed. */
    sealed: bytea("sealed"),
    /** First 16 hex of HMAC-SHA-256 under the sealing key: equal values are seen, values are not. */
    fingerprint: text("fingerprint").notNull(),
    jobId: uuid("job_id").notNull(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    destroyedAt: timestamp("destroyed_at", { withTimezone: true }),
  },
  (table) => [
    unique("secret_version").on(table.tenantId, table.name, table.version),
    check("secret_destroyed", sql`(${table.sealed} is null) = (${table.destroyedAt} is not null)`),
  ],
);

/**
 * The one-time reveal of a tenant's hand-over set. The browser sends a public key; the runner boxes the set to it, so
 * the web process carries only what it cannot open.
 */
export const handover = pgTable(
  "handover",
  {
    id: uuid("id").primaryKey(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    /** P-256 public key of the browser, raw, base64url. */
    publicKey: text("public_key").notNull(),
    state: text("state", { enum: ["requested", "ready", "revealed", "failed"] }).notNull(),
    /** ECDH-ES box for that key; cleared when it was delivered. */
    box: jsonb("box").$type<{ publicKey: string; iv: string; ciphertext: string }>(),
    says: text("says"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    revealedAt: timestamp("revealed_at", { withTimezone: true }),
  },
  (table) => [
    // One live hand-over per tenant, ever: a failed one may be asked for again.
    uniqueIndex("handover_once")
      .on(table.tenantId)
      .where(sql`state <> 'failed'`),
  ],
);
