import { pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { job } from "./job.ts";
import { person } from "./person.ts";
import { item } from "./register.ts";
import { tenant } from "./tenant.ts";

/** The V item of a tenant that ran an older text of a corrected stage: one for each text. Append-only. */
export const recallItem = pgTable(
  "recall_item",
  {
    slug: text("slug").notNull(),
    stageKey: text("stage_key").notNull(),
    /** Of the corrected text. */
    stageHash: text("stage_hash").notNull(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    itemId: uuid("item_id")
      .notNull()
      .references(() => item.id),
    /** The run of the older text. */
    jobId: uuid("job_id")
      .notNull()
      .references(() => job.id),
    raisedBy: uuid("raised_by")
      .notNull()
      .references(() => person.id),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.slug, table.stageKey, table.stageHash, table.tenantId] })],
);
