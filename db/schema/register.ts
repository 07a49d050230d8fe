import { type SQL, sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Json } from "#server/domain/canonical/json.ts";
import { DECISION_LINKS } from "#server/domain/register/decision/decision.ts";
import type { DocumentKind } from "#server/domain/register/document.ts";
import type { Trigger } from "#server/domain/register/lifecycle/trigger.ts";
import { EVIDENCE_KINDS } from "#server/domain/register/lifecycle/work.ts";
import { RULINGS } from "#server/domain/register/lifecycle/ruling.ts";
import type { GateCover } from "#server/domain/register/gate/gate.ts";
import { RECORD_KINDS, type RecordContent, type RecordState } from "#server/domain/register/record.ts";
import { person } from "./person.ts";
import { proposal } from "./proposal.ts";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });
/** Text in the order of its code points, whatever the database's own collation. */
const ordered = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/**
 * Marks that part words. Postgres's own parser would read `R-3` as a word and the number -3, and `V-2/V-3` as a path;
 * server/services/item/search-text.ts cuts what is searched for at the same marks.
 */
const MARKS = sql.raw(String.raw`E'-_/.:@#=<>+&%~,;\'"()[]{}|\\*` + "`?!$^'");
const plainWords = (text: SQL) => sql`translate(${text}, ${MARKS}, repeat(' ', 40))`;

/** A document that the registers came from or are given back as, such as `docs/handoff.md`. */
export const registerDocument = pgTable("register_document", {
  id: uuid("id").primaryKey(),
  /** Path in the team's tree; what a second import of the same document is known by. */
  path: text("path").notNull().unique(),
  kind: text("kind").notNull().$type<DocumentKind>(),
  createdBy: uuid("created_by")
    .notNull()
    .references(() => person.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
});

/** Texts of a document as they were imported, every one. The newest is what a further import is compared with. Append-only. */
export const registerDocumentVersion = pgTable(
  "register_document_version",
  {
    id: uuid("id").primaryKey(),
    documentId: uuid("document_id")
      .notNull()
      .references(() => registerDocument.id),
    number: integer("number").notNull(),
    /** The decoded text, byte for byte as it stands in the document; positions of items are lines of it. */
    text: text("text").notNull(),
    /** SHA-256 of the text in UTF-8, in hex. */
    digest: text("digest").notNull(),
    importedBy: uuid("imported_by")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [unique("register_document_version_number").on(table.documentId, table.number)],
);

/**
 * A line of a register, of any kind. `revision` rises with every change; who wants to change it says which revision he
 * saw. What it was before stands in its events.
 */
export const item = pgTable(
  "item",
  {
    id: uuid("id").primaryKey(),
    /** For people, unique within its document: H-1, D-064, SEC-003. */
    code: text("code").notNull(),
    kind: text("kind", { enum: RECORD_KINDS }).notNull(),
    documentId: uuid("document_id")
      .notNull()
      .references(() => registerDocument.id),
    /** What it is known by when the document comes again; of a deferred item its sentence, of others the code. */
    documentKey: text("document_key").notNull(),
    /** Order within the document, with gaps. */
    position: bigint("position", { mode: "number" }).notNull(),
    /** Of a handoff register: the position of its section; of a changelog: of its block. */
    section: integer("section"),
    title: text("title").notNull(),
    /** All its words as one text, for search. */
    words: text("words").notNull(),
    content: jsonb("content").notNull().$type<RecordContent>(),
    /** Identifiers that it cites. */
    refs: text("refs").array().notNull().default([]),
    state: text("state").notNull().$type<RecordState>(),
    ownerId: uuid("owner_id").references(() => person.id),
    dueOn: date("due_on", { mode: "string" }),
    /** Whether it changes something, so that it closes only with an entry in a changelog. */
    isChange: boolean("is_change").notNull().default(false),
    /** Somebody other than this person has to do, attest or rule it. */
    mustDifferFrom: uuid("must_differ_from").references(() => person.id),
    /** What brings it back, as a person confirmed it; null where nothing is deferred. */
    trigger: jsonb("trigger").$type<Trigger>(),
    /** Why the trigger fired, as a sentence; null while it has not. */
    firedBecause: text("fired_because"),
    /** Until when a result or an accepted risk counts. */
    countsUntil: timestamp("counts_until", { withTimezone: true }),
    revision: integer("revision").notNull().default(1),
    createdBy: uuid("created_by")
      .notNull()
      .references(() => person.id),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    changedAt: timestamp("changed_at", { withTimezone: true }).notNull(),
    /**
     * What it is about. Of a check: what it looks at, so that a change of that makes its result stale; an H or V item about
     * a stage refutes what is proven of it while it is open. A null part stands for any.
     */
    target: jsonb("target").$type<GateCover>(),
    /** When it reached a state in which nothing is left to do; null while it is open. */
    closedAt: timestamp("closed_at", { withTimezone: true }),
    /** When it was taken out because its document no longer has it and a person agreed. */
    removedAt: timestamp("removed_at", { withTimezone: true }),
    /** The code with its numbers padded, so that H-2 stands before H-10. */
    codeOrder: ordered("code_order")
      .notNull()
      .generatedAlwaysAs(
        sql`regexp_replace(regexp_replace(upper(code), '([0-9]+)', '000000000\\1', 'g'), '[0-9]*([0-9]{10})', '\\1', 'g')`,
      ),
    search: tsvector("search").generatedAlwaysAs(
      sql`setweight(to_tsvector('simple', ${plainWords(sql`code || ' ' || title`)}), 'A') || setweight(to_tsvector('simple', ${plainWords(sql`words`)}), 'B')`,
    ),
  },
  (table) => [
    uniqueIndex("item_key")
      .on(table.documentId, table.documentKey)
      .where(sql`removed_at is null`),
    index("item_code").on(table.code),
    // Each order of the board, walked from where the page before ended.
    index("item_by_code")
      .on(table.codeOrder, table.id)
      .where(sql`removed_at is null`),
    index("item_by_age")
      .on(table.createdAt, table.id)
      .where(sql`removed_at is null`),
    index("item_by_due")
      .on(sql`coalesce(due_on, 'infinity'::date)`, table.id)
      .where(sql`removed_at is null`),
    index("item_by_change")
      .on(table.changedAt, table.id)
      .where(sql`removed_at is null`),
    // The same within a group, and how many there are of each.
    index("item_kind")
      .on(table.kind, table.codeOrder, table.id)
      .where(sql`removed_at is null`),
    index("item_state")
      .on(table.state, table.codeOrder, table.id)
      .where(sql`removed_at is null`),
    index("item_owner")
      .on(table.ownerId, table.codeOrder, table.id)
      .where(sql`removed_at is null`),
    index("item_document")
      .on(table.documentId, table.codeOrder, table.id)
      .where(sql`removed_at is null`),
    index("item_counts")
      .on(
        table.kind,
        table.state,
        table.ownerId,
        table.documentId,
        table.dueOn,
        table.createdAt,
        table.closedAt,
      )
      .where(sql`removed_at is null`),
    index("item_search").using("gin", table.search),
    check("item_revision", sql`${table.revision} >= 1`),
  ],
);

/** What happened to an item: one row a revision. Append-only. */
export const itemEvent = pgTable(
  "item_event",
  {
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    revision: integer("revision").notNull(),
    /** imported, created, edited, moved, ruled, ticked, linked, checked, fired, removed. */
    act: text("act").notNull(),
    /** Fields that changed, each with what it was and is. */
    changes: jsonb("changes").notNull().$type<{ readonly [field: string]: { from: Json; to: Json } }>(),
    reason: text("reason"),
    /** Null where time or another item did it. */
    personId: uuid("person_id").references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.itemId, table.revision] })],
);

/** How an item hangs together with another: read from prose and proposed, or said by a person. */
export const itemLink = pgTable(
  "item_link",
  {
    id: uuid("id").primaryKey(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    kind: text("kind", { enum: ["blocked_by", "changed_by", ...DECISION_LINKS] }).notNull(),
    /** The other's code as written; it may name something that no register has. */
    toCode: text("to_code").notNull(),
    toItemId: uuid("to_item_id").references(() => item.id),
    /** The sentence that it was read from, or a person's. */
    because: text("because").notNull(),
    state: text("state", { enum: ["proposed", "confirmed", "dismissed"] }).notNull(),
    decidedBy: uuid("decided_by").references(() => person.id),
    decidedAt: timestamp("decided_at", { withTimezone: true }),
  },
  (table) => [
    unique("item_link_once").on(table.itemId, table.kind, table.toCode),
    index("item_link_back").on(table.toCode, table.state),
    index("item_link_to").on(table.toItemId),
    check(
      "item_link_decided",
      sql`(${table.state} = 'proposed') = (${table.decidedBy} is null) and (${table.decidedBy} is null) = (${table.decidedAt} is null)`,
    ),
  ],
);

/** An ACCEPT point that a person ticked, with what shows it. It counts for exactly these words until it is taken back. */
export const itemTick = pgTable(
  "item_tick",
  {
    id: uuid("id").primaryKey(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    point: text("point").notNull(),
    evidenceKind: text("evidence_kind", { enum: EVIDENCE_KINDS }).notNull(),
    /** Id of the job, path of the document, or the words of the attestation. */
    evidenceId: text("evidence_id").notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
    withdrawnBy: uuid("withdrawn_by").references(() => person.id),
    withdrawnAt: timestamp("withdrawn_at", { withTimezone: true }),
  },
  (table) => [
    uniqueIndex("item_tick_once")
      .on(table.itemId, table.point)
      .where(sql`withdrawn_at is null`),
    check("item_tick_withdrawn", sql`(${table.withdrawnBy} is null) = (${table.withdrawnAt} is null)`),
  ],
);

/** The answer to an R item, or to one point of a proposed decision. Append-only; the newest of a point counts. */
export const ruling = pgTable(
  "ruling",
  {
    id: uuid("id").primaryKey(),
    /** Order in which they were given: two may carry the same time. */
    seq: bigint("seq", { mode: "number" }).generatedAlwaysAsIdentity(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    /** Mark of the point; "" is the whole. */
    point: text("point").notNull(),
    ruling: text("ruling", { enum: RULINGS }).notNull(),
    reason: text("reason").notNull(),
    amendment: text("amendment"),
    trigger: jsonb("trigger").$type<Trigger>(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    /** The proposal by which a second person agreed, where the rules ask for one. */
    proposalId: uuid("proposal_id").references(() => proposal.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    index("ruling_item").on(table.itemId, table.seq),
    check("ruling_amendment", sql`(${table.ruling} = 'amend') = (${table.amendment} is not null)`),
    check("ruling_trigger", sql`(${table.ruling} = 'defer') = (${table.trigger} is not null)`),
  ],
);

/** What must not happen while an R item or a proposed decision is open. A null part stands for any. */
export const itemGate = pgTable(
  "item_gate",
  {
    id: uuid("id").primaryKey(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    cloudName: text("cloud_name"),
    tenantSlug: text("tenant_slug"),
    runbookSlug: text("runbook_slug"),
    stageKey: text("stage_key"),
    operation: text("operation"),
    reason: text("reason").notNull(),
    setBy: uuid("set_by")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
    withdrawnBy: uuid("withdrawn_by").references(() => person.id),
    withdrawnAt: timestamp("withdrawn_at", { withTimezone: true }),
  },
  (table) => [
    index("item_gate_item").on(table.itemId),
    check(
      "item_gate_covers",
      sql`num_nonnulls(${table.cloudName}, ${table.tenantSlug}, ${table.runbookSlug}, ${table.operation}) > 0`,
    ),
    check("item_gate_withdrawn", sql`(${table.withdrawnBy} is null) = (${table.withdrawnAt} is null)`),
  ],
);

/** What a check gave, or who accepted its risk. Append-only; the newest counts. */
export const checkResult = pgTable(
  "check_result",
  {
    id: uuid("id").primaryKey(),
    /** Order in which they were given: two may carry the same time. */
    seq: bigint("seq", { mode: "number" }).generatedAlwaysAsIdentity(),
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    outcome: text("outcome", { enum: ["passed", "failed", "risk_accepted", "attested"] }).notNull(),
    /** The run that shows it (check_run); null for an attestation. */
    runId: uuid("run_id"),
    /** SHA-256 of what was seen: an accepted risk counts for exactly that. */
    observed: text("observed").notNull(),
    /** The rule on the result as it was applied, or the words of the attestation. */
    reason: text("reason").notNull(),
    ownerId: uuid("owner_id").references(() => person.id),
    countsUntil: timestamp("counts_until", { withTimezone: true }).notNull(),
    personId: uuid("person_id")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [
    index("check_result_item").on(table.itemId, table.seq),
    check("check_result_owned", sql`${table.outcome} <> 'risk_accepted' or ${table.ownerId} is not null`),
  ],
);
