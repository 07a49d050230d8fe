import type { PlannedStep } from "#server/domain/plan/plan.ts";
import type { PlanDifference } from "#server/domain/plan/diff.ts";

/** How a job ended, in the words that go on record. */
export interface Ending {
  state: "succeeded" | "failed" | "refused" | "cancelled" | "outcome_unknown";
  says: string;
  advice: string | null;
  drift?: PlanDifference[];
}

/** Thrown from anywhere inside a run whose end is decided. */
export class RunEnded extends Error {
  override readonly name = "RunEnded";
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(ending.says);
    this.ending = ending;
  }
}

/** Thrown at a step that a person does and nobody has done yet: the job waits. */
export class RunHalted extends Error {
  override readonly name = "RunHalted";
  readonly step: PlannedStep;

  constructor(step: PlannedStep) {
    super(`The run waits for a person at step ${step.id}.`);
    this.step = step;
  }
}

/** Why a run has to stop between two calls. */
export type StopReason = "cancelled" | "handed_back" | "lease_lost" | "stalled";

/** The reason that a run's signal is aborted with. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`The run stops: ${reason}.`);
    this.reason = reason;
  }
}

/** Whether this process has no say in the run any more: it writes and sends nothing, whatever comes back to it. */
export function isGivenUp(signal: AbortSignal): boolean {
  const { reason } = signal;
  return reason instanceof RunStopped && (reason.reason === "lease_lost" || reason.reason === "stalled");
}

/** An identity cannot be used: its credential is missing or was handed over. Nothing was sent. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly advice: string;

  constructor(says: string, advice: string) {
    super(says);
    this.advice = advice;
  }
}
