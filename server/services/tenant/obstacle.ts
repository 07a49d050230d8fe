import type { StageProgress } from "#server/domain/tenant/progress.ts";

/** Why nothing may be planned for a stage now, or null. The same sentence for the screen and for the refusal. */
export function stageObstacle(
  stages: readonly { key: string; title: string }[],
  progress: ReadonlyMap<string, StageProgress>,
  of: { stageKey: string; isHandedOver: boolean },
): string | null {
  if (of.isHandedOver) return "This tenant was handed over. The console no longer holds its credentials.";
  const index = stages.findIndex(({ key }) => key === of.stageKey);
  const stage = progress.get(of.stageKey);
  if (!stage || stage.isOpen) return null;
  if (stage.jobId !== null && ["waiting", "approved", "queued", "running", "by_hand"].includes(stage.state)) {
    return "A job of this stage is under way. Wait for it, or withdraw or cancel it first.";
  }
  if (stage.state === "unknown")
    return "The outcome of this stage is unknown. Two people have to settle it first.";
  const before = stages[index - 1];
  return `Opens after ${before ? `stage ${before.key}, ${before.title},` : "the stage before"} has passed its gate.`;
}
