import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { NUMBER_SOURCES } from "#server/domain/register/numbers/claims.ts";
import { NUMBER_STATES } from "#server/domain/register/numbers/ledger.ts";
import { person } from "./person.ts";
import { registerDocument } from "./register.ts";

/** Numbers of all series that were ever taken. None is free again: one that was given up stays taken. */
export const seriesNumber = pgTable(
  "series_number",
  {
    series: text("series").notNull(),
    number: integer("number").notNull(),
    /** Letter behind the number, as in D-004a; "" for none. */
    suffix: text("suffix").notNull().default(""),
    state: text("state", { enum: NUMBER_STATES }).notNull(),
    holder: text("holder").notNull(),
    purpose: text("purpose").notNull(),
    source: text("source", { enum: NUMBER_SOURCES }).notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.series, table.number, table.suffix] }),
    check("series_number_range", sql`${table.number} between 0 and 999999`),
  ],
);

/** What happened to a number, refused attempts of others included. Append-only. */
export const seriesNumberEvent = pgTable(
  "series_number_event",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    series: text("series").notNull(),
    number: integer("number").notNull(),
    suffix: text("suffix").notNull(),
    act: text("act", {
      enum: ["reserved", "provisional", "assigned", "relinquished", "contended"],
    }).notNull(),
    holder: text("holder").notNull(),
    says: text("says").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    foreignKey({
      columns: [table.series, table.number, table.suffix],
      foreignColumns: [seriesNumber.series, seriesNumber.number, seriesNumber.suffix],
    }),
    index("series_number_event_number").on(table.series, table.number, table.suffix, table.id),
  ],
);

/** How far a series has come by a version of a document: its largest number there. Append-only: once named is used. */
export const seriesMark = pgTable(
  "series_mark",
  {
    series: text("series").notNull(),
    documentId: uuid("document_id")
      .notNull()
      .references(() => registerDocument.id),
    /** Number of the document's version. */
    version: integer("version").notNull(),
    largest: integer("largest").notNull(),
    /** Digits with which the document writes its numbers. */
    width: integer("width").notNull(),
    line: integer("line").notNull(),
  },
  (table) => [primaryKey({ columns: [table.series, table.documentId, table.version] })],
);
