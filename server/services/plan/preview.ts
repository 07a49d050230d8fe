import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { plan } from "#db/schema/plan.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { stageRefSchema } from "#server/domain/job/schema.ts";
import { stageProgress } from "#server/domain/tenant/progress.ts";
import type { RunbookStage } from "#server/domain/runbook/runbook.ts";
import { findStageHolding } from "../gate/holding.ts";
import { OFFBOARDING_SLUG } from "../runbook/published.ts";
import { stageObstacle } from "../tenant/obstacle.ts";
import { getTenant } from "../tenant/rows.ts";
import { findStageHome, type TenantRunbook } from "../tenant/stage-home.ts";
import { listStageJobs } from "../tenant/stage-jobs.ts";
import { verb } from "../verb.ts";

/** Asks the runner to plan a stage: reads only. The answer comes into the plan row and is announced. */
export const previewStage = verb({
  action: "plan.preview",
  input: stageRefSchema.extend({
    /** Blocks on hosts that a person runs, who then pastes what they printed. It is part of the plan. */
    byHand: z.array(z.string().min(1).max(60)).max(50).exactOptional(),
  }),
  load: async (tx, input) => ({
    ...(await getTenant(tx, input.tenantId)),
    heldBy: await findStageHolding(tx, input),
  }),
  object: ({ tenant }) => ({ kind: "tenant", id: tenant.id }),
  separation: ({ heldBy }) => ({ heldBy }),
  run: async (tx, { person, input, row, at }) => {
    const { stage } = await requireOpenStage(tx, row, input.stageKey);
    const byHand = [...new Set(input.byHand)];
    requireBlocksOnHosts(stage, byHand);
    const id = randomUUID();
    await tx.insert(plan).values({
      id,
      purpose: "preview",
      tenantId: row.tenant.id,
      stageKey: input.stageKey,
      requestedBy: person.personId,
      byHand,
      state: "requested",
      createdAt: at,
    });
    return { output: { planId: id }, audit: { planId: id, stage: input.stageKey, byHand } };
  },
});

/** Throws `invalid` for what is no block on a host of the stage: only such a block has an output to paste. */
function requireBlocksOnHosts({ key, parts }: RunbookStage, byHand: readonly string[]): void {
  const known = parts.flatMap((part) =>
    part.kind === "block" && part.block.on !== undefined ? [part.block.id] : [],
  );
  const unknown = byHand.find((id) => !known.includes(id));
  if (unknown === undefined) return;
  throw new DomainError(
    "invalid",
    `byHand: stage ${key} has no block ${unknown} that runs on a host. Nothing was planned.`,
    { reason: "no_such_block", field: "byHand" },
  );
}

/** The stage and its runbook. Throws unless the stage exists and something may be planned for it now. */
export async function requireOpenStage(
  tx: Tx,
  of: Awaited<ReturnType<typeof getTenant>>,
  stageKey: string,
): Promise<TenantRunbook & { stage: RunbookStage }> {
  const home = await findStageHome(tx, { onboarding: of.version, stageKey });
  if (!home) throw new DomainError("not_found", "The runbook has no such stage.", { reason: "not_found" });
  const { stages } = home.runbook;
  const progress = stageProgress(
    stages.map(({ key }) => key),
    await listStageJobs(tx, { tenantId: of.tenant.id }),
  );
  const obstacle = stageObstacle(stages, progress, {
    stageKey,
    isHandedOver: home.version.slug !== OFFBOARDING_SLUG && of.tenant.handedOverAt !== null,
  });
  if (obstacle !== null) throw new DomainError("conflict", obstacle, { reason: "stage_closed" });
  return home;
}
