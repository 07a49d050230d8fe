import { openLanes } from "#server/domain/guest/lanes.ts";
import type { PlannedCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { carryOutCall } from "./call.ts";
import { RunEnded } from "./endings.ts";
import type { Run } from "./run.ts";

/** Lanes of one job that are under way at once. */
const AT_ONCE = 16;

/**
 * Carries out the calls of a step. Those without a lane come one after the other; those with one come in the order of
 * their lane, beside other lanes. When one cannot go on, no further call is begun, and what is under way comes to its
 * end before the run does: nothing is left behind that nobody knows about.
 */
export async function carryOutCalls(
  run: Run,
  step: PlannedStep,
  secrets: ReadonlyMap<string, string>,
): Promise<void> {
  const carryOut = (call: PlannedCall) => {
    run.checkpoint();
    return carryOutCall(run, { step, call, secrets });
  };
  if (!step.calls.every(({ lane }) => lane !== undefined)) {
    for (const call of step.calls) await carryOut(call);
    return;
  }
  const lanes = openLanes<PlannedCall>();
  for (const call of step.calls) lanes.add(call.lane ?? "", call);
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let next = lanes.next(); next !== null; next = failures.length === 0 ? lanes.next() : null) {
      try {
        await inTurn(run, next.item);
        await carryOut(next.item);
        lanes.done(next.lane);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failures.length > 0) throw worstOf(failures);
}

/** What was announced already is only looked up, and waits for no turn. */
async function inTurn(run: Run, { id }: PlannedCall): Promise<void> {
  if (run.progress.calls.has(id)) return;
  await run.parts.guestPace.take({ signal: run.signal, touch: () => run.touch() });
}

/** An end that nobody can know outweighs every other one, and one that is known outweighs none. */
function worstOf(failures: readonly unknown[]): unknown {
  const isUnknown = (error: unknown) => error instanceof RunEnded && error.ending.state === "outcome_unknown";
  return failures.find(isUnknown) ?? failures.find((error) => !(error instanceof RunEnded)) ?? failures[0];
}
