import type { PlannedRemoval, StagePlan } from "../plan/plan.ts";
import { keyTo } from "./thing.ts";

/** there: to be removed. along: goes with another thing. gone: a call that took effect removed it or what it went with. */
export type ThingState = "there" | "along" | "gone";

/** A job of the removal that got as far as running. */
interface RemovalRun {
  plan: StagePlan;
  /** Ids of its calls that took effect. */
  applied: readonly string[];
}

export interface ThingNow extends PlannedRemoval {
  state: ThingState;
}

/**
 * What an audit found and what came of it since: the newest run that began with an audit, and every run after it. Null
 * while there was no audit. `runs` stand in the order in which they were asked for, the newest first.
 */
export function removalNow(runs: readonly RemovalRun[]): { at: number; things: ThingNow[] } | null {
  const at = runs.findIndex(({ plan }) => auditOf(plan) !== undefined);
  const base = runs[at];
  const found = base ? auditOf(base.plan) : undefined;
  if (found === undefined) return null;
  const gone = new Set(runs.slice(0, at + 1).flatMap(removedKeys));
  const isGone = (thing: PlannedRemoval) =>
    gone.has(thing.key) || (thing.goesWith !== null && gone.has(thing.goesWith));
  return {
    at,
    things: found.map((thing) => ({
      ...thing,
      state: isGone(thing) ? "gone" : thing.goesWith === null ? "there" : "along",
    })),
  };
}

function auditOf({ steps }: StagePlan): PlannedRemoval[] | undefined {
  return steps.find(({ operation }) => operation === "tenant.audit")?.words.removes;
}

function removedKeys({ plan, applied }: RemovalRun): string[] {
  return plan.steps.flatMap((step) => {
    const keys = (step.words.removes ?? []).flatMap(({ callId, key }) =>
      callId !== null && applied.includes(callId) ? [key] : [],
    );
    const { id } = step.outputs;
    const isCluster = step.operation === "container_infra.cluster.delete" && typeof id === "string";
    return isCluster && step.calls.some((call) => applied.includes(call.id))
      ? [...keys, keyTo("cluster", id)]
      : keys;
  });
}
