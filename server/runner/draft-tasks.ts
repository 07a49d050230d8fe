import { and, eq, isNull, sql } from "drizzle-orm";
import { draftPreview } from "#db/schema/draft-preview.ts";
import type { DraftStage } from "#server/domain/runbook/draft-preview.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import type { Runbook, RunbookStage } from "#server/domain/runbook/runbook.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { log } from "#server/log.ts";
import { describeError } from "./database-error.ts";
import { DEAD_AFTER_MS } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";
import type { PlanResult } from "./planner.ts";
import { foresee } from "./plan-step.ts";
import { planWithDeadline } from "./plan-tasks.ts";

type Task = typeof draftPreview.$inferSelect;

/** Takes the oldest look at a draft that nobody works on, or whose runner is gone; null when there is none. */
export async function claimDraftPreview(parts: RunnerParts): Promise<Task | null> {
  const isFree = sql`(d.claimed_by is null or not exists (select 1 from runner r where r.id = d.claimed_by
    and r.stopped_at is null and r.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_MS / 1000})))`;
  const [task] = await parts.db
    .update(draftPreview)
    .set({ claimedBy: parts.runnerId })
    .where(
      sql`${draftPreview.id} = (select d.id from draft_preview d where d.state = 'requested' and ${isFree}
        order by d.created_at limit 1 for update skip locked)`,
    )
    .returning();
  return task ?? null;
}

/** Plans each stage of the text by the one planner and writes down what came of it, for showing. Never throws. */
export async function runDraftPreview(parts: RunnerParts, task: Task): Promise<void> {
  try {
    const { runbook } = parseRunbook(task.source, parts.catalogue);
    const stages: DraftStage[] = [];
    const foreseen = new Map<string, Json>();
    for (const stage of runbook?.stages ?? []) {
      const result = await planStageOf(parts, task, { runbook, stage, foreseen });
      if (result.kind === "ready") for (const step of result.plan.steps) foresee(foreseen, step);
      stages.push(stageOf(stage, result));
    }
    await parts.db
      .update(draftPreview)
      .set({ state: "done", stages, finishedAt: parts.now() })
      .where(
        and(
          eq(draftPreview.id, task.id),
          eq(draftPreview.claimedBy, parts.runnerId),
          isNull(draftPreview.finishedAt),
        ),
      );
  } catch (error) {
    // Taken again when this runner is seen as dead.
    log.error(
      { problem: describeError(error), previewId: task.id },
      "a look at a draft could not be written",
    );
  }
}

/** What a stage before it would save is taken for saved: a value, or the name of what a step will answer. */
async function planStageOf(
  parts: RunnerParts,
  task: Task,
  of: { runbook: Runbook | null; stage: RunbookStage; foreseen: ReadonlyMap<string, Json> },
): Promise<PlanResult> {
  const { runbook, stage, foreseen } = of;
  const draft = runbook === null ? {} : { draft: { runbook, foreseen } };
  const wanted = {
    tenantId: task.tenantId,
    stageKey: stage.key,
    runbookVersionId: null,
    byHand: [],
    ...draft,
  };
  return planWithDeadline(parts, wanted).catch((error: unknown) => brokenBy(error, task));
}

function brokenBy(error: unknown, { id }: Task): PlanResult {
  log.error({ problem: describeError(error), previewId: id }, "a stage of a draft could not be planned");
  return {
    kind: "failed",
    says: "The runner met an error of its own while planning. Nothing was changed.",
    advice: "Preview again. If it stays, look at the runner's log.",
  };
}

function stageOf({ key, title }: RunbookStage, result: PlanResult): DraftStage {
  return result.kind === "ready"
    ? { key, title, state: "ready", effect: result.plan.effect, plan: result.plan, says: null, advice: null }
    : { key, title, state: result.kind, effect: null, plan: null, says: result.says, advice: result.advice };
}
