import { sql } from "drizzle-orm";
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { VersionAuthors } from "#server/domain/runbook/authors.ts";
import { DRAFT_STATES } from "#server/domain/runbook/states.ts";
import { person } from "./person.ts";
import { proposal } from "./proposal.ts";

/** A published runbook. Immutable: the application may only insert. */
export const runbookVersion = pgTable(
  "runbook_version",
  {
    id: uuid("id").primaryKey(),
    slug: text("slug").notNull(),
    contentHash: text("content_hash").notNull(),
    title: text("title").notNull(),
    source: text("source").notNull(),
    /** Who edited it last; null for what is shipped with the console. */
    authoredBy: uuid("authored_by").references(() => person.id),
    /** Who wrote which part, also of the versions before. They never approve a job of a stage that they wrote. */
    authors: jsonb("authors").$type<VersionAuthors>(),
    /** Who published it; null for what is shipped. */
    publishedBy: uuid("published_by").references(() => person.id),
    /** What two people agreed on, for a runbook that changes something. */
    proposalId: uuid("proposal_id").references(() => proposal.id),
    publishedAt: timestamp("published_at", { withTimezone: true }).notNull(),
  },
  (table) => [unique("runbook_version_content").on(table.slug, table.contentHash)],
);

/** A text that this console was shipped with, when it first started with it: published, unless people had published one. */
export const shippedRunbook = pgTable(
  "shipped_runbook",
  {
    slug: text("slug").notNull(),
    contentHash: text("content_hash").notNull(),
    source: text("source").notNull(),
    shippedAt: timestamp("shipped_at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.slug, table.contentHash] })],
);

/** A text that is being written. Its revisions are kept, each with whoever wrote it. */
export const runbookDraft = pgTable(
  "runbook_draft",
  {
    id: uuid("id").primaryKey(),
    slug: text("slug").notNull(),
    /** The newest version that is merged into it; null while the runbook has none. */
    baseVersionId: uuid("base_version_id").references(() => runbookVersion.id),
    revision: integer("revision").notNull(),
    state: text("state", { enum: DRAFT_STATES }).notNull(),
    createdBy: uuid("created_by")
      .notNull()
      .references(() => person.id),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    changedAt: timestamp("changed_at", { withTimezone: true }).notNull(),
    versionId: uuid("version_id").references(() => runbookVersion.id),
  },
  (table) => [
    index("runbook_draft_state").on(table.state, table.slug),
    check("runbook_draft_published", sql`(${table.state} = 'published') = (${table.versionId} is not null)`),
  ],
);

export const runbookDraftRevision = pgTable(
  "runbook_draft_revision",
  {
    draftId: uuid("draft_id")
      .notNull()
      .references(() => runbookDraft.id),
    revision: integer("revision").notNull(),
    source: text("source").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.draftId, table.revision] })],
);

/**
 * One person's word that he has read exactly this block or gate of a published version, with all that stands before it.
 * Append-only; a further reading of the same makes it younger.
 */
export const partReading = pgTable(
  "part_reading",
  {
    id: uuid("id").primaryKey(),
    runbookVersionId: uuid("runbook_version_id")
      .notNull()
      .references(() => runbookVersion.id),
    slug: text("slug").notNull(),
    stageKey: text("stage_key").notNull(),
    /** `block <id>` or `gate <id>`. */
    part: text("part").notNull(),
    /** What was read, and what it builds on; see domain/marker/chain.ts. */
    chain: text("chain").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [index("part_reading_slug").on(table.slug, table.chain, table.at)],
);

/** A runbook of another form, kept as it came. It is read, never run. */
export const runbookDocument = pgTable("runbook_document", {
  id: uuid("id").primaryKey(),
  name: text("name").notNull(),
  contentHash: text("content_hash").notNull().unique(),
  source: text("source").notNull(),
  importedBy: uuid("imported_by")
    .notNull()
    .references(() => person.id),
  importedAt: timestamp("imported_at", { withTimezone: true }).notNull(),
});
