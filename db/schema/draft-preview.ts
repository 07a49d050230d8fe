import { index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import type { DraftStage } from "#server/domain/runbook/draft-preview.ts";
import { person } from "./person.ts";
import { runbookDraft } from "./runbook.ts";
import { tenant } from "./tenant.ts";

/**
 * A look at what a text that is being written would do for a tenant. It is no plan: nothing can be asked for by it, and no
 * job refers to it.
 */
export const draftPreview = pgTable(
  "draft_preview",
  {
    id: uuid("id").primaryKey(),
    draftId: uuid("draft_id")
      .notNull()
      .references(() => runbookDraft.id),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    source: text("source").notNull(),
    requestedBy: uuid("requested_by")
      .notNull()
      .references(() => person.id),
    state: text("state", { enum: ["requested", "done"] }).notNull(),
    stages: jsonb("stages").$type<DraftStage[]>(),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    claimedBy: uuid("claimed_by"),
    finishedAt: timestamp("finished_at", { withTimezone: true }),
  },
  (table) => [index("draft_preview_state").on(table.state, table.createdAt)],
);
