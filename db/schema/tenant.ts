import { bigint, index, jsonb, pgTable, text, timestamp, unique, uuid } from "drizzle-orm/pg-core";
import type { PlaceInputs } from "#server/domain/tenant/schema.ts";
import { cloud } from "./cloud.ts";
import { exactJson } from "./exact-json.ts";
import { person } from "./person.ts";
import { runbookVersion } from "./runbook.ts";

/** A client of a cloud, which is one Keystone domain; or a host of a hypervisor, whose name is then the slug. */
export const tenant = pgTable(
  "tenant",
  {
    id: uuid("id").primaryKey(),
    slug: text("slug").notNull(),
    cloudId: uuid("cloud_id")
      .notNull()
      .references(() => cloud.id),
    /** The version its next stage runs from; moved on by hand when a newer one is published. */
    runbookVersionId: uuid("runbook_version_id")
      .notNull()
      .references(() => runbookVersion.id),
    inputs: jsonb("inputs").notNull().$type<PlaceInputs>(),
    createdBy: uuid("created_by")
      .notNull()
      .references(() => person.id),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull(),
    handedOverAt: timestamp("handed_over_at", { withTimezone: true }),
  },
  (table) => [
    unique("tenant_slug").on(table.cloudId, table.slug),
    unique("tenant_cloud").on(table.id, table.cloudId),
  ],
);

/** As-run values, append-only: the newest row of a name is the present one. Ids and facts, never secrets. */
export const tenantValue = pgTable(
  "tenant_value",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    name: text("name").notNull(),
    value: exactJson("value").notNull(),
    jobId: uuid("job_id").notNull(),
    stageKey: text("stage_key").notNull(),
    stepId: text("step_id").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [index("tenant_value_name").on(table.tenantId, table.name, table.id)],
);

/** An observed fact that refines or refutes the document. Append-only. */
export const finding = pgTable(
  "finding",
  {
    id: uuid("id").primaryKey(),
    tenantId: uuid("tenant_id")
      .notNull()
      .references(() => tenant.id),
    jobId: uuid("job_id").notNull(),
    stageKey: text("stage_key").notNull(),
    stepId: text("step_id").notNull(),
    code: text("code").notNull(),
    severity: text("severity", { enum: ["info", "warning", "problem"] }).notNull(),
    says: text("says").notNull(),
    observed: exactJson("observed").notNull(),
    at: timestamp("at", { withTimezone: true }).notNull(),
  },
  (table) => [index("finding_tenant").on(table.tenantId, table.at)],
);
