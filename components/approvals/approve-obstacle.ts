import type { RecheckPhase } from "./recheck-phase.ts";
import { countTicks, type Tickable, type Ticks } from "./ticks.ts";

type Readiness = {
  may: { allowed: boolean; says: string | null };
  tickable: readonly Tickable[];
  /** Ids of the calls that stand on the page to be read. */
  shownCallIds: readonly string[];
  ticks: Ticks;
  reason: string;
  phase: RecheckPhase;
  /** For a plan that destroys: what it is about, and what was typed. */
  target: { name: string; typed: string } | null;
};

const PHASES: Record<Exclude<RecheckPhase, "same">, string> = {
  none: "The plan has not been compared with the cloud yet.",
  comparing: "The plan is being compared with the cloud.",
  blocked: "The plan could not be made again on the cloud as it is now.",
  failed: "The comparison with the cloud did not succeed. Compare again.",
  drift: "The cloud has changed: the request has to be asked for again.",
  old: "The comparison with the cloud is too old. Compare again.",
};

/** Why the request cannot be approved at this moment, or null. The server decides again, on the record. */
export function approveObstacle(given: Readiness): string | null {
  const { may, tickable, shownCallIds, ticks, reason, phase, target } = given;
  if (!may.allowed) return may.says ?? "This request cannot be approved now.";
  if (phase === "drift" || phase === "blocked") return PHASES[phase];
  if (!tickable.every(({ callId }) => shownCallIds.includes(callId))) {
    return "A part of the plan is not on this page. Reload it.";
  }
  const { done, total } = countTicks(tickable, ticks);
  if (done < total) {
    const left = total - done;
    return `Tick the ${left} ${left === 1 ? "call that is" : "calls that are"} left: each stands for having read it.`;
  }
  if (target !== null && target.typed !== target.name) {
    return `Type ${target.name}: it is what this plan destroys something of.`;
  }
  if (reason.trim() === "") return "Give a reason: it is what the next person reads.";
  return phase === "same" ? null : PHASES[phase];
}
