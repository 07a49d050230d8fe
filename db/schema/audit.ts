import { bigint, index, jsonb, pgTable, smallint, text, timestamp } from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";

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
  (table) => [index("audit_entry_object").on(table.objectKind, table.objectId)],
);

/** The head of the chain: one row, locked by whoever appends. */
export const auditHead = pgTable("audit_head", {
  id: smallint("id").primaryKey(),
  seq: bigint("seq", { mode: "number" }).notNull(),
  hash: text("hash").notNull(),
});
