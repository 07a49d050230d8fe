import { sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import type { Rendering } from "#server/domain/proposal/digest.ts";
import { PROPOSAL_KINDS, PROPOSAL_STATES } from "#server/domain/proposal/states.ts";
import { person } from "./person.ts";

/**
 * A change of the console itself that another person has to decide. Everything but the decision is insert-only by
 * column grants; the database refuses a decision by whoever asked.
 */
export const proposal = pgTable(
  "proposal",
  {
    id: uuid("id").primaryKey(),
    /** For people: proposal 3. */
    number: integer("number").notNull().unique().generatedAlwaysAsIdentity(),
    kind: text("kind", { enum: PROPOSAL_KINDS }).notNull(),
    content: jsonb("content").notNull().$type<Json>(),
    rendering: jsonb("rendering").notNull().$type<Rendering>(),
    digest: text("digest").notNull(),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    reason: text("reason").notNull(),
    requestedAt: timestamp("requested_at", { withTimezone: true }).notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
    state: text("state", { enum: PROPOSAL_STATES }).notNull(),
    decidedBy: uuid("decided_by").references(() => person.id),
    decisionReason: text("decision_reason"),
    decidedAt: timestamp("decided_at", { withTimezone: true }),
  },
  (table) => [
    check("proposal_second_person", sql`${table.decidedBy} <> ${table.requestedBy}`),
    check(
      "proposal_decided",
      sql`(${table.state} in ('applied', 'rejected')) = (${table.decidedBy} is not null and ${table.decidedAt} is not null)`,
    ),
    index("proposal_state").on(table.state, table.number),
  ],
);

/** All changes of every cloud stand still while one of these is not lifted. One person sets it, two lift it. */
export const changeFreeze = pgTable(
  "change_freeze",
  {
    id: uuid("id").primaryKey(),
    setBy: uuid("set_by")
      .notNull()
      .references(() => person.id),
    reason: text("reason").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
    liftedBy: uuid("lifted_by").references(() => proposal.id),
    liftedAt: timestamp("lifted_at", { withTimezone: true }),
  },
  (table) => [
    uniqueIndex("change_freeze_one")
      .on(sql`(true)`)
      .where(sql`lifted_at is null`),
    check("change_freeze_lifted", sql`(${table.liftedBy} is null) = (${table.liftedAt} is null)`),
  ],
);
