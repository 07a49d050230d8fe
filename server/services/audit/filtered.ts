import { and, eq, gte, like, lt, or, type SQL, sql } from "drizzle-orm";
import { auditEntry } from "#db/schema/audit.ts";
import type { AuditFilter } from "#server/domain/audit/schema.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The condition on entries that a filter stands for; undefined for all. */
export function filtered(filter: AuditFilter): SQL | undefined {
  const { actor, action, outcome, object, from, to } = filter;
  return and(
    actor === null ? undefined : sql`${auditEntry.actor} ->> 'id' = ${actor}`,
    action === null ? undefined : or(eq(auditEntry.action, action), like(auditEntry.action, `${action}.%`)),
    outcome === null ? undefined : eq(auditEntry.outcome, outcome),
    object === null ? undefined : or(eq(auditEntry.objectId, object), eq(auditEntry.objectKind, object)),
    from === null ? undefined : gte(auditEntry.at, new Date(from)),
    to === null ? undefined : lt(auditEntry.at, new Date(Date.parse(to) + DAY_MS)),
  );
}
