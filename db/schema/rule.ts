import { sql } from "drizzle-orm";
import { check, integer, jsonb, pgTable, timestamp, uuid } from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import { proposal } from "./proposal.ts";

/** The approval rules, every version ever in force; the newest counts. Append-only; all but the first by a proposal. */
export const approvalRuleSet = pgTable(
  "approval_rule_set",
  {
    version: integer("version").primaryKey(),
    content: jsonb("content").notNull().$type<Json>(),
    proposalId: uuid("proposal_id")
      .unique()
      .references(() => proposal.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    check("approval_rule_set_by_two", sql`${table.version} = 1 or ${table.proposalId} is not null`),
    check("approval_rule_set_counts", sql`${table.version} >= 1`),
  ],
);
