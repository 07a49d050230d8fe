import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import { person } from "./person.ts";
import { tenant } from "./tenant.ts";

/** What the guests of a host are wanted to be, one row a generation. Append-only: the highest is the present one. */
export const desiredState = pgTable(
  "desired_state",
  {
    id: uuid("id").primaryKey(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    generation: integer("generation").notNull(),
    /** As it was written, checked; read again by the same schema. */
    document: jsonb("document").notNull().$type<Json>(),
    savedBy: uuid("saved_by")
      .notNull()
      .references(() => person.id),
    reason: text("reason").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [unique("desired_state_generation").on(table.tenantId, table.generation)],
);

/** A host's guests as the runner last saw them. The newest look alone is kept. */
export const guestObservation = pgTable("guest_observation", {
  tenantId: uuid("tenant_id")
    .primaryKey()
    .references(() => tenant.id),
  /** The newest answer that could be read; null while there was none. */
  document: jsonb("document").$type<Json>(),
  /** When that was. */
  observedAt: timestamp("observed_at", { withTimezone: true }),
  /** When it was last tried, and why that came to nothing; null when it did not. */
  triedAt: timestamp("tried_at", { withTimezone: true }).notNull(),
  problem: text("problem"),
});

/** A time in which a host's recovery mode was armed. It ends at `until` by itself, or before when somebody ends it. */
export const hostRecovery = pgTable(
  "host_recovery",
  {
    id: uuid("id").primaryKey(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    armedBy: uuid("armed_by")
      .notNull()
      .references(() => person.id),
    reason: text("reason").notNull(),
    armedAt: timestamp("armed_at", { withTimezone: true }).notNull(),
    until: timestamp("until", { withTimezone: true }).notNull(),
    endedBy: uuid("ended_by").references(() => person.id),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [
    check("host_recovery_bounded", sql`${table.until} <= ${table.armedAt} + interval '4 hours'`),
    check("host_recovery_ended", sql`(${table.endedBy} is null) = (${table.endedAt} is null)`),
    index("host_recovery_host").on(table.tenantId, table.until),
  ],
);
