import { integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { person } from "./person.ts";
import { registerDocument } from "./register.ts";

/**
 * What the console made of a piece of a document's own words: what is no record's, such as its conventions. The newest of
 * a part counts, and null gives the document its own words again. Append-only.
 */
export const registerProse = pgTable(
  "register_prose",
  {
    documentId: uuid("document_id")
      .notNull()
      .references(() => registerDocument.id),
    /** Order in which they were written, from 1. */
    number: integer("number").notNull(),
    /** What the part is known by in the newest version, such as `conventions` or `V-1#1`. */
    part: text("part").notNull(),
    /** Words of the part before, for its history. */
    was: text("was").notNull(),
    words: text("words"),
    reason: text("reason"),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.documentId, table.number] })],
);
