import type { PlannedStep } from "#server/domain/plan/plan.ts";

/** Neighbouring steps of one block, which all run as one identity. */
export type StepGroup = {
  blockId: string;
  identity: PlannedStep["identity"];
  /** Number of the first step in the plan, counted from 1. */
  from: number;
  steps: PlannedStep[];
};

/** Steps in their order, cut where the block or the identity changes. */
export function groupSteps(steps: readonly PlannedStep[]): StepGroup[] {
  const groups: StepGroup[] = [];
  for (const [index, step] of steps.entries()) {
    const last = groups.at(-1);
    if (last?.blockId === step.blockId && last.identity === step.identity) last.steps.push(step);
    else groups.push({ blockId: step.blockId, identity: step.identity, from: index + 1, steps: [step] });
  }
  return groups;
}
