import { asc, eq, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import type { job } from "#db/schema/job.ts";
import { item, itemGate } from "#db/schema/register.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { tenant } from "#db/schema/tenant.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { HoldingItem } from "#server/domain/policy/decide.ts";
import { type GateCover, type GateScene, isCovered } from "#server/domain/register/gate/gate.ts";
import type { RunbookStage } from "#server/domain/runbook/runbook.ts";
import { listLetGo } from "./let-go-items.ts";
import { getTenant } from "../tenant/rows.ts";
import { findStageHome, type TenantRunbook } from "../tenant/stage-home.ts";

interface HoldingGate extends HoldingItem {
  cover: GateCover;
}

/** Gates of items that are not ruled on, oldest first. An item that its document lost holds on: nobody ruled. */
export async function listHoldingGates(db: Db | Tx): Promise<HoldingGate[]> {
  const rows = await db
    .select({
      itemId: item.id,
      code: item.code,
      title: item.title,
      item: { id: item.id, kind: item.kind, state: item.state, content: item.content },
      cover: {
        cloudName: itemGate.cloudName,
        tenantSlug: itemGate.tenantSlug,
        runbookSlug: itemGate.runbookSlug,
        stageKey: itemGate.stageKey,
        operation: itemGate.operation,
      },
    })
    .from(itemGate)
    .innerJoin(item, eq(item.id, itemGate.itemId))
    .where(isNull(itemGate.withdrawnAt))
    .orderBy(asc(item.createdAt), asc(item.position), asc(itemGate.id));
  const letGo = await listLetGo(
    db,
    rows.map((row) => row.item),
  );
  return rows.flatMap(({ item: row, ...gate }) => (letGo.has(row.id) ? [] : [gate]));
}

/** The items that hold this back, each once. */
export function heldByGates(gates: readonly HoldingGate[], scene: GateScene): HoldingItem[] {
  const found = new Map<string, HoldingItem>();
  for (const { cover, itemId, code, title } of gates) {
    if (isCovered(cover, scene)) found.set(itemId, { itemId, code, title });
  }
  return [...found.values()];
}

/** What a stage of a tenant is to a gate, before there is a plan: the operations are those that its blocks name. */
export function sceneOfStage(
  of: Awaited<ReturnType<typeof getTenant>>,
  home: TenantRunbook & { stage: RunbookStage },
): GateScene {
  return {
    cloudName: of.cloud.name,
    tenantSlug: of.tenant.slug,
    runbookSlug: home.version.slug,
    stageKey: home.stage.key,
    operations: home.stage.parts.flatMap((part) =>
      part.kind === "block" ? part.block.steps.map(({ operation }) => operation) : [],
    ),
  };
}

/** The items that hold a stage of a tenant back; none where the runbook has no such stage. */
export async function findStageHolding(
  db: Db | Tx,
  { tenantId, stageKey }: { tenantId: string; stageKey: string },
): Promise<HoldingItem[]> {
  const gates = await listHoldingGates(db);
  if (gates.length === 0) return [];
  const of = await getTenant(db, tenantId);
  const home = await findStageHome(db, { onboarding: of.version, stageKey });
  return home === null ? [] : heldByGates(gates, sceneOfStage(of, home));
}

type JobOf = Pick<typeof job.$inferSelect, "tenantId" | "cloudId" | "runbookVersionId" | "stageKey" | "plan">;

/** The items that hold a job back, by what is frozen in it. */
export async function findJobHolding(db: Db | Tx, row: JobOf): Promise<HoldingItem[]> {
  const gates = await listHoldingGates(db);
  if (gates.length === 0) return [];
  const [names] = await db
    .select({ cloudName: cloud.name, tenantSlug: tenant.slug, runbookSlug: runbookVersion.slug })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, row.cloudId))
    .innerJoin(runbookVersion, eq(runbookVersion.id, row.runbookVersionId))
    .where(eq(tenant.id, row.tenantId));
  assert(names, "a job has a tenant, a cloud and a runbook");
  const operations = stagePlanSchema.parse(row.plan).steps.map(({ operation }) => operation);
  return heldByGates(gates, { ...names, stageKey: row.stageKey, operations });
}

/** The id of an advisory lock: whoever starts a job shares it, whoever sets a gate takes it alone. */
const GATE_LOCK = 7_203_461;

/** Until the transaction ends no gate is set: what starts in it has started before the gate. */
export async function holdGates(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${GATE_LOCK})`);
}

/** Waits for everybody who is about to start a job; whoever comes later sees the gate. */
export async function takeGateLock(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${GATE_LOCK})`);
}
