import { integer, pgTable, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import { cloud } from "./cloud.ts";
import { person } from "./person.ts";

/** A saved state of a cloud's policy override, with what it is judged by. Immutable: the application may only insert. */
export const policyRevision = pgTable(
  "policy_revision",
  {
    id: uuid("id").primaryKey(),
    cloudId: uuid("cloud_id")
      .notNull()
      .references(() => cloud.id),
    /** Of this cloud, from 1. */
    number: integer("number").notNull(),
    /** The override, as it is delivered. */
    source: text("source").notNull(),
    /** The cloud's own policy file, which the override is laid over; empty where it has none. */
    live: text("live").notNull(),
    /** Which Keystone judges, in the words of `findRelease`. */
    release: text("release").notNull(),
    /** Personas, places and cases as JSON text; empty for the standard ones. */
    matrixSet: text("matrix_set").notNull(),
    note: text("note").notNull(),
    /** SHA-256 of the override's bytes, in hex. */
    digest: text("digest").notNull(),
    savedBy: uuid("saved_by")
      .notNull()
      .references(() => person.id),
    savedAt: timestamp("saved_at", { withTimezone: true }).notNull(),
  },
  (table) => [unique("policy_revision_number").on(table.cloudId, table.number)],
);
