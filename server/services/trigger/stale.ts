import { and, desc, eq, gt, inArray, isNotNull, isNull, ne } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { job } from "#db/schema/job.ts";
import { checkResult, item } from "#db/schema/register.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { tenant } from "#db/schema/tenant.ts";
import { isCovered } from "#server/domain/register/gate/gate.ts";
import { subjectOfJob } from "#server/domain/rule/job-rules.ts";
import type { ItemRow } from "../item/change-item.ts";

const JOBS_MAX = 2000;

/** Checks whose target was changed by a job that started after their newest result. */
export async function listStale(tx: Tx, limit: number): Promise<{ row: ItemRow; because: string }[]> {
  const rows = await tx
    .select()
    .from(item)
    .where(
      and(
        eq(item.kind, "V"),
        inArray(item.state, ["passed", "risk_accepted"]),
        isNotNull(item.target),
        isNull(item.removedAt),
      ),
    )
    .limit(limit);
  const seen = await seenAt(tx, rows);
  const oldest = Math.min(...[...seen.values()].map((at) => at.getTime()));
  if (!Number.isFinite(oldest)) return [];
  const jobs = await changesSince(tx, new Date(oldest));
  return rows.flatMap((row) => {
    const { target } = row;
    const at = seen.get(row.id);
    if (target === null || at === undefined) return [];
    const change = jobs.find(({ startedAt, scene }) => startedAt > at && isCovered(target, scene));
    const because = `Job ${change?.number ?? ""} has changed what it looks at since its result.`;
    return change === undefined ? [] : [{ row, because }];
  });
}

/** When each of these was seen last. An accepted risk is no look at anything. */
async function seenAt(tx: Tx, rows: readonly ItemRow[]): Promise<Map<string, Date>> {
  if (rows.length === 0) return new Map();
  const newest = await tx
    .selectDistinctOn([checkResult.itemId], { itemId: checkResult.itemId, at: checkResult.at })
    .from(checkResult)
    .where(
      and(
        inArray(
          checkResult.itemId,
          rows.map(({ id }) => id),
        ),
        ne(checkResult.outcome, "risk_accepted"),
      ),
    )
    .orderBy(checkResult.itemId, desc(checkResult.seq));
  return new Map(newest.map(({ itemId, at }) => [itemId, at]));
}

async function changesSince(tx: Tx, since: Date) {
  const rows = await tx
    .select({
      number: job.number,
      startedAt: job.startedAt,
      stageKey: job.stageKey,
      rules: job.rules,
      cloudName: cloud.name,
      tenantSlug: tenant.slug,
      runbookSlug: runbookVersion.slug,
    })
    .from(job)
    .innerJoin(cloud, eq(cloud.id, job.cloudId))
    .innerJoin(tenant, eq(tenant.id, job.tenantId))
    .innerJoin(runbookVersion, eq(runbookVersion.id, job.runbookVersionId))
    .where(and(ne(job.effect, "read"), gt(job.startedAt, since)))
    .orderBy(desc(job.startedAt))
    .limit(JOBS_MAX);
  return rows.flatMap(({ number, startedAt, rules, ...scene }) =>
    startedAt === null
      ? []
      : [{ number, startedAt, scene: { ...scene, operations: subjectOfJob(rules)?.operations ?? [] } }],
  );
}
