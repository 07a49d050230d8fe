import { and, eq, lt } from "drizzle-orm";
import { tenantValue } from "#db/schema/tenant.ts";
import type { Db } from "#db/client.ts";
import { cleanRoomReport, type CleanRoomReport } from "#server/domain/evidence/clean-room.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import type { JobRow } from "./rows.ts";

/** What a job's calls run as, of those that were sent; before it runs, of all that its plan holds. */
export async function readCleanRoom(
  db: Db,
  row: JobRow,
  given: { plan: StagePlan; journal: readonly { kind: string; callId: string | null }[] },
): Promise<CleanRoomReport> {
  const [manager] = await db
    .select({ id: tenantValue.id })
    .from(tenantValue)
    .where(
      and(
        eq(tenantValue.tenantId, row.tenantId),
        eq(tenantValue.name, "manager_id"),
        lt(tenantValue.at, row.startedAt ?? row.requestedAt),
      ),
    )
    .limit(1);
  const intents = given.journal.flatMap(({ kind, callId }) =>
    kind === "intent" && callId !== null ? [callId] : [],
  );
  const sent = row.startedAt === null ? null : new Set(intents);
  return cleanRoomReport(given.plan, { hadManager: manager !== undefined, sent });
}
