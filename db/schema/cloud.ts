import { CLOUD_KINDS } from "#server/domain/runbook/runbook.ts";
import { jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** A cloud as the runner last saw it. Written by the runner; the web only reads. Holds no credential. */
export const cloud = pgTable("cloud", {
  id: uuid("id").primaryKey(),
  /** The name in clouds.yaml. */
  name: text("name").notNull().unique(),
  /** What runs there: clients of a cloud, or guests of a hypervisor. */
  kind: text("kind", { enum: CLOUD_KINDS }).notNull().default("openstack"),
  authUrl: text("auth_url").notNull(),
  region: text("region"),
  horizonUrl: text("horizon_url"),
  tenantPool: text("tenant_pool").notNull(),
  caFingerprint: text("ca_fingerprint"),
  caExpiresAt: timestamp("ca_expires_at", { withTimezone: true }),
  /** `reachable`, or why not: a sentence for the screen. */
  state: text("state", { enum: ["reachable", "unreachable", "ca_problem", "unauthenticated"] }).notNull(),
  says: text("says").notNull(),
  /** Endpoints of the catalog: service to URL. */
  endpoints: jsonb("endpoints").notNull().$type<Record<string, string>>(),
  checkedAt: timestamp("checked_at", { withTimezone: true }).notNull(),
});
