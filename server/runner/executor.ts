import { blocksByHand } from "#server/domain/hand/paste.ts";
import { contentDigest, planContent } from "#server/domain/plan/digest.ts";
import { diffContent } from "#server/domain/plan/diff.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { isShellOperation } from "#server/domain/shell/schema.ts";
import { log } from "#server/log.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { carryOutCall } from "./call.ts";
import { carryOutCalls } from "./carry-out-lanes.ts";
import { describeError, isDatabaseAway } from "./database-error.ts";
import { type Ending, IdentityError, isGivenUp, RunEnded, RunHalted, RunStopped } from "./endings.ts";
import { carryOutByHand, endOfWait, isByHand, recordHalt } from "./hand/carry-out.ts";
import { maskGiven } from "./hand/mask-given.ts";
import { requireStillAllowed } from "./hand/still-allowed.ts";
import { judgeGates } from "./judge-gates.ts";
import { listJournal } from "./journal.ts";
import { type Lease, LeaseLostError, releaseLease } from "./lease.ts";
import { CUT_OFF_GRACE_MS, RECOVERIES_MAX } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";
import { planStage } from "./planner.ts";
import { foldJournal, isCallOpen } from "./progress.ts";
import { recordEnding } from "./record.ts";
import { readAgain } from "./retry.ts";
import { openRun, type Run } from "./run.ts";
import { shellOperation } from "./shell/shell-operation.ts";
import { secretsOfStep } from "./step-secrets.ts";
import { verifyStep } from "./verify.ts";
import { type Watch, watchRun } from "./watch.ts";

/**
 * Runs a claimed job to its end, or on from where an earlier life of it stopped: the journal decides, so a fresh job
 * and a recovered one take the same way. Never throws. What cannot be written down is left to recovery.
 *
 * A run that lost its lane is cut off: its connections are closed under it, and what still comes back to it is not
 * waited for, because it could neither write nor send anything.
 */
export async function runJob(parts: RunnerParts, held: Lease, stop: AbortController): Promise<void> {
  await work(parts, { held, stop }, async (run) => recordEnding({ parts, held, run }, await carryOut(run)));
}

/**
 * Only looks up the calls of a taken-over job that were announced and not recorded. True when it can go on, and then
 * its lane is still held; false when this ended it, or when it could not be written down. Never throws.
 */
export async function settleJob(parts: RunnerParts, held: Lease, stop: AbortController): Promise<boolean> {
  let isSettled = false;
  await work(parts, { held, stop }, async (run) => {
    for (const step of run.plan.steps) {
      // Nobody can look up what a person does.
      if (isByHand(step)) continue;
      for (const call of step.calls) {
        if (run.progress.calls.get(call.id)?.outcome !== null) continue;
        await carryOutCall(run, { step, call, secrets: new Map() });
      }
    }
    await run.output.flush();
    isSettled = true;
  });
  return isSettled && !stop.signal.aborted;
}

type Work = (run: Run) => Promise<void>;

async function work(
  parts: RunnerParts,
  { held, stop }: { held: Lease; stop: AbortController },
  doing: Work,
): Promise<void> {
  const watch = await watchRun(parts, held, stop);
  const ended: Ended = { parts, held, run: null, signal: stop.signal };
  const cutOff = Promise.withResolvers<void>();
  const cut = () => {
    if (!isGivenUp(stop.signal)) return;
    void ended.run?.sessions.close();
    parts.wait(CUT_OFF_GRACE_MS).then(cutOff.resolve, cutOff.reject);
  };
  stop.signal.addEventListener("abort", cut);
  try {
    await Promise.race([workThrough(ended, watch, doing), cutOff.promise]);
  } finally {
    stop.signal.removeEventListener("abort", cut);
    await watch.end();
    await ended.run?.sessions.close();
  }
}

async function workThrough(ended: Ended, watch: Watch, doing: Work): Promise<void> {
  const { parts, held, signal } = ended;
  try {
    if (isGivenUp(signal)) throw signal.reason;
    ended.run = await openRun(parts, held, { signal, watch });
    await doing(ended.run);
  } catch (error) {
    await endBadly(ended, error).catch((unwritable: unknown) => {
      log.error(
        { problem: describeError(unwritable), jobId: held.jobId },
        "a job's end could not be recorded; recovery will look at it",
      );
    });
  }
}

async function carryOut(run: Run): Promise<Ending> {
  await maskGiven(run);
  if (run.progress.recoveryCount > RECOVERIES_MAX) return givenUp(run);
  if (!run.progress.isReplanned) await compareWithWorld(run);
  let hasWaited = run.progress.haltedAt.size > 0;
  for (const step of run.plan.steps) {
    if (run.progress.finishedSteps.has(step.id)) continue;
    if (hasWaited && !isByHand(step)) {
      await requireStillAllowed(run);
      hasWaited = false;
    }
    await runStep(run, step);
  }
  await judgeGates(run);
  const skipped = run.plan.steps.filter(({ disposition }) => disposition === "skipped");
  if (skipped.length > 0) return notProven(skipped);
  const sent = run.plan.steps.flatMap(({ calls }) => calls).length;
  const says = sent === 0 ? "Everything is as it should be. Nothing was sent." : "Done, and read back.";
  return { state: "succeeded", says: `${says} The gate passed.`, advice: null };
}

/** A stage that a step was left out of is not proven, whatever its gate says about the rest. */
function notProven(skipped: readonly PlannedStep[]): Ending {
  const names = skipped.map(({ id }) => id).join(", ");
  return {
    state: "failed",
    says: `Everything else was done and read back, and step ${names} was skipped: the stage is not proven. The next stage stays closed.`,
    advice: "Preview the stage again when the cause is mended; then it runs whole.",
  };
}

/** Makes the plan once more, just before the first call: what was approved is still what would happen. */
async function compareWithWorld(run: Run): Promise<void> {
  run.say("note", "Comparing the approved plan with the cloud");
  const wanted = { ...run.job, byHand: blocksByHand(run.plan) };
  const now = await planStage(run.parts, wanted, (line) => run.say("call", line));
  run.checkpoint();
  if (now.kind !== "ready") {
    throw new RunEnded({ state: "refused", says: `${now.says} Nothing was sent.`, advice: now.advice });
  }
  if (now.contentDigest !== contentDigest(run.plan)) {
    throw new RunEnded({
      state: "refused",
      says: "The cloud has changed since this was approved: the same stage would now do something else. Nothing was sent.",
      advice: "Look at the difference, preview the stage again and ask for a new approval.",
      drift: diffContent(planContent(run.plan), planContent(now.plan)),
    });
  }
  await run.journal.write({ kind: "replanned", body: { contentDigest: now.contentDigest } });
}

async function runStep(run: Run, step: PlannedStep): Promise<void> {
  run.checkpoint();
  if (step.disposition === "skipped")
    return run.say("warn", `${step.words.title}: ${step.words.says}`, step.id);
  if (isByHand(step)) {
    await startStep(run, step);
    return carryOutByHand(run, step);
  }
  const operation = isShellOperation(step.operation)
    ? shellOperation(run, step)
    : run.parts.handlers.get(step.operation);
  if (operation?.definition.version !== step.operationVersion) {
    throw new RunEnded({
      state: "failed",
      says: `This runner does not have version ${step.operationVersion} of ${step.operation}. Step ${step.id} was not started.`,
      advice: "Preview the stage again with the present runner.",
    });
  }
  await startStep(run, step);
  run.say("note", `${step.words.title}: ${step.words.says}`, step.id);
  const secrets = await secretsOfStep(run, step);
  await carryOutCalls(run, step, secrets);
  await readAgain(run, step, () => verifyStep(run, step, operation));
}

async function startStep(run: Run, step: PlannedStep): Promise<void> {
  if (run.progress.startedSteps.has(step.id)) return;
  await run.journal.write({ kind: "step_started", stepId: step.id, body: { identity: step.identity } });
}

interface Ended {
  parts: RunnerParts;
  held: Lease;
  run: Run | null;
  signal: AbortSignal;
}

async function endBadly(ended: Ended, error: unknown): Promise<void> {
  const { held, signal } = ended;
  // What a run without its lane believes to know comes from connections that were cut under it.
  if (isGivenUp(signal) && signal.reason instanceof RunStopped) return stopRun(ended, signal.reason);
  if (error instanceof RunHalted && ended.run) return recordHalt(ended.run, error);
  if (error instanceof RunEnded) return recordEnding(ended, await asFarAsIsKnown(ended, error.ending));
  if (error instanceof LeaseLostError) {
    log.warn({ jobId: held.jobId }, error.message);
    return;
  }
  if (error instanceof RunStopped) return stopRun(ended, error);
  if (isDatabaseAway(error)) {
    // Nothing can be written, so nothing more is done. The lease runs out and recovery takes the job up.
    log.error(
      { problem: describeError(error), jobId: held.jobId },
      "a running job stopped: the database is away",
    );
    return;
  }
  if (error instanceof IdentityError || error instanceof CloudError) {
    const says = error instanceof CloudError ? error.says : error.message;
    const advice =
      error instanceof IdentityError ? error.advice : "Correct the cause, then preview the stage again.";
    return recordEnding(ended, await asFarAsIsKnown(ended, { state: "failed", says, advice }));
  }
  log.error(
    { problem: describeError(error), jobId: held.jobId },
    "a running job met an error of the runner itself",
  );
  return recordEnding(ended, await asFarAsIsKnown(ended, BROKEN));
}

/** An error of our own. */
const BROKEN: Ending = {
  state: "failed",
  says: "The runner met an error of its own. Nothing more was sent.",
  advice: "Look at the runner's log, then preview the stage again.",
};

/** No run ends as known while a call of it hangs in the air, whatever it broke off at: the journal says whether one does. */
async function asFarAsIsKnown({ parts, held }: Ended, ending: Ending): Promise<Ending> {
  if (ending.state === "outcome_unknown") return ending;
  if (!isCallOpen(foldJournal(await listJournal(parts.db, held.jobId)))) return ending;
  return {
    state: "outcome_unknown",
    says: `${ending.says} A call was under way. It is not known whether that call took effect.`,
    advice: "Look at the cloud by hand. Two people then say what happened.",
  };
}

function stopRun(ended: Ended, { reason }: RunStopped): Promise<void> {
  switch (reason) {
    case "lease_lost":
    case "stalled":
      log.warn(
        { jobId: ended.held.jobId, reason },
        "a running job is given up here; recovery will look at it",
      );
      return Promise.resolve();
    case "handed_back":
      // Still running, with a free lane: the next runner goes on from the journal.
      return handBack(ended);
    case "cancelled":
      return recordEnding(ended, ended.run ? cancelledEnding(ended.run) : NOTHING_SENT);
  }
}

async function handBack({ parts, held, run }: Ended): Promise<void> {
  run?.say("note", "The runner is stopping. Another one goes on with this job.");
  await run?.output.flush();
  await releaseLease(parts.db, held);
}

const NOTHING_SENT: Ending = {
  state: "cancelled",
  says: "Cancelled before anything was sent.",
  advice: null,
};

function cancelledEnding(run: Run): Ending {
  const waiting = run.plan.steps.find(
    (step) => isByHand(step) && step.calls.some(({ id }) => run.progress.calls.get(id)?.outcome === null),
  );
  const ofWait =
    waiting && !waiting.calls.some(({ id }) => run.settledCalls.has(id)) ? endOfWait(run, waiting) : null;
  if (ofWait !== null) return ofWait;
  const all = run.plan.steps.flatMap(({ calls }) => calls);
  const done = all.filter(({ id }) => run.settledCalls.has(id));
  if (done.length === 0) return NOTHING_SENT;
  const left = all.filter(({ id }) => !run.settledCalls.has(id)).map(({ id }) => id);
  return {
    state: "cancelled",
    says: `Cancelled after ${done.length} of ${all.length} calls. ${left.length === 0 ? "All calls were sent; not everything was read back." : `Not sent: ${left.join(", ")}.`}`,
    advice:
      "What was done stays. Preview the stage again: it shows as already so, and the rest can be asked for.",
  };
}

function givenUp(run: Run): Ending {
  const isOpen = isCallOpen(run.progress);
  return {
    state: isOpen ? "outcome_unknown" : "failed",
    says: `This job was taken over ${run.progress.recoveryCount} times and never came to an end. It is given up.`,
    advice: isOpen
      ? "Look at the cloud by hand. Two people then say what happened."
      : "Look at the runner's log, then preview the stage again.",
  };
}
