import type { journalEntry } from "#db/schema/job.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";

type Entry = typeof journalEntry.$inferSelect;

export interface StepState {
  id: string;
  state: "pending" | "running" | "done" | "stopped";
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** Where each step of a job stands, read from its journal. A step that began in a job that is over was stopped in it. */
export function stepStates(
  steps: readonly PlannedStep[],
  journal: readonly Entry[],
  isOver: boolean,
): StepState[] {
  return steps.map(({ id }) => {
    const own = journal.filter(({ stepId }) => stepId === id);
    const startedAt = own.find(({ kind }) => kind === "step_started")?.at ?? null;
    const finishedAt = own.findLast(({ kind }) => kind === "step_finished")?.at ?? null;
    const begun = isOver ? "stopped" : "running";
    return { id, state: finishedAt ? "done" : startedAt ? begun : "pending", startedAt, finishedAt };
  });
}
