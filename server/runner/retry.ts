import type { PlannedCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { RunEnded } from "./endings.ts";
import { RETRY_PAUSE_MS } from "./limits.ts";
import type { CallOutcome } from "./progress.ts";
import type { Run } from "./run.ts";

/**
 * Carries a call out again as often as the approved plan lists, and only where an answer itself says that nothing was
 * done. What had to be looked up, what a task was begun for, and an attempt that has to be refused are never repeated.
 * `tries` counts those of earlier lives of the run: the journal holds an intent of each.
 */
export async function triedAgain(
  run: Run,
  { step, call, tries }: { step: PlannedStep; call: PlannedCall; tries: number },
  { first, again }: { first: CallOutcome; again: () => Promise<CallOutcome> },
): Promise<CallOutcome> {
  let outcome = first;
  for (let done = tries; isCertainlyUndone(outcome, { step, call }) && done <= (step.retry ?? 0); done += 1) {
    await pauseBefore(run, step, done + 1);
    outcome = await again();
  }
  return outcome;
}

/** A conflict is an answer about the world: it is not as it was planned, and a probe could take what is there for ours. */
const CONFLICT = 409;

function isCertainlyUndone(
  { result, seen, status }: CallOutcome,
  { step, call }: { step: PlannedStep; call: PlannedCall },
): boolean {
  return (
    result === "refused" &&
    seen === "answer" &&
    status !== CONFLICT &&
    call.task === undefined &&
    step.disposition !== "attempt"
  );
}

/** Reads and judges a step once more where its plan lists that: a read has changed nothing, whatever it saw. */
export async function readAgain(run: Run, step: PlannedStep, read: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (error) {
      const isOver = !(error instanceof RunEnded) || error.ending.state !== "failed";
      if (isOver || step.effect !== "read" || tries > (step.retry ?? 0)) throw error;
      run.say("warn", error.ending.says, step.id);
      await pauseBefore(run, step, tries + 1);
    }
  }
}

async function pauseBefore(run: Run, { id, retry = 0 }: PlannedStep, next: number): Promise<void> {
  run.say("note", `Try ${next} of ${retry + 1}, as the plan lists: nothing was done.`, id);
  // A run that has to stop meanwhile stops here.
  await run.parts.wait(RETRY_PAUSE_MS, run.signal).catch(() => undefined);
  run.checkpoint();
}
