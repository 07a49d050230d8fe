import { contentDigest, planContent } from "#server/domain/plan/digest.ts";
import { diffContent } from "#server/domain/plan/diff.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { log } from "#server/log.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { carryOutCall } from "./call.ts";
import { describeError, isDatabaseAway } from "./database-error.ts";
import { type Ending, IdentityError, RunEnded, RunStopped } from "./endings.ts";
import { judgeGates } from "./judge-gates.ts";
import { listJournal } from "./journal.ts";
import { type Lease, LeaseLostError, releaseLease } from "./lease.ts";
import { RECOVERIES_MAX } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";
import { planStage } from "./planner.ts";
import { foldJournal } from "./progress.ts";
import { recordEnding } from "./record.ts";
import { openRun, type Run } from "./run.ts";
import { secretsOfStep } from "./step-secrets.ts";
import { verifyStep } from "./verify.ts";
import { watchRun } from "./watch.ts";

/**
 * Runs a claimed job to its end, or on from where an earlier life of it stopped: the journal decides, so a fresh job
 * and a recovered one take the same way. Never throws. What cannot be written down is left to recovery.
 */
export async function runJob(parts: RunnerParts, held: Lease, stop: AbortController): Promise<void> {
  const watch = watchRun(parts, held, stop);
  let run: Run | null = null;
  try {
    run = await openRun(parts, held, stop.signal);
    await recordEnding({ parts, held, run }, await carryOut(run));
  } catch (error) {
    await endBadly({ parts, held, run }, error).catch((unwritable: unknown) => {
      log.error(
        { problem: describeError(unwritable), jobId: held.jobId },
        "a job's end could not be recorded; recovery will look at it",
      );
    });
  } finally {
    await watch.end();
    await run?.sessions.close();
  }
}

async function carryOut(run: Run): Promise<Ending> {
  if (run.progress.recoveryCount > RECOVERIES_MAX) return givenUp(run);
  if (!run.progress.isReplanned) await compareWithWorld(run);
  for (const step of run.plan.steps) {
    if (!run.progress.finishedSteps.has(step.id)) await runStep(run, step);
  }
  await judgeGates(run);
  const sent = run.plan.steps.flatMap(({ calls }) => calls).length;
  const says = sent === 0 ? "Everything is as it should be. Nothing was sent." : "Done, and read back.";
  return { state: "succeeded", says: `${says} The gate passed.`, advice: null };
}

/** Makes the plan once more, just before the first call: what was approved is still what would happen. */
async function compareWithWorld(run: Run): Promise<void> {
  run.say("note", "Comparing the approved plan with the cloud");
  const { tenantId, stageKey, runbookVersionId } = run.job;
  const now = await planStage(run.parts, { tenantId, stageKey, runbookVersionId }, (line) =>
    run.say("call", line),
  );
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
  const operation = run.parts.handlers.get(step.operation);
  if (operation?.definition.version !== step.operationVersion) {
    throw new RunEnded({
      state: "failed",
      says: `This runner does not have version ${step.operationVersion} of ${step.operation}. Step ${step.id} was not started.`,
      advice: "Preview the stage again with the present runner.",
    });
  }
  if (!run.progress.startedSteps.has(step.id)) {
    await run.journal.write({ kind: "step_started", stepId: step.id, body: { identity: step.identity } });
  }
  run.say("note", `${step.words.title}: ${step.words.says}`, step.id);
  const secrets = await secretsOfStep(run, step);
  for (const call of step.calls) {
    run.checkpoint();
    await carryOutCall(run, { step, call, secrets });
  }
  await verifyStep(run, step, operation);
}

interface Ended {
  parts: RunnerParts;
  held: Lease;
  run: Run | null;
}

async function endBadly(ended: Ended, error: unknown): Promise<void> {
  const { parts, held } = ended;
  if (error instanceof RunEnded) return recordEnding(ended, error.ending);
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
    return recordEnding(ended, { state: "failed", says, advice });
  }
  log.error(
    { problem: describeError(error), jobId: held.jobId },
    "a running job met an error of the runner itself",
  );
  return recordEnding(ended, await brokenEnding(parts, held));
}

/** An error of our own in the middle: whether a call hangs in the air is read from the journal. */
async function brokenEnding(parts: RunnerParts, held: Lease): Promise<Ending> {
  const progress = foldJournal(await listJournal(parts.db, held.jobId));
  const isOpen = [...progress.calls.values()].some(({ outcome }) => outcome === null);
  return {
    state: isOpen ? "outcome_unknown" : "failed",
    says: isOpen
      ? "The runner met an error of its own while a call was under way. It is not known whether that call took effect."
      : "The runner met an error of its own. No call was under way; nothing more was sent.",
    advice: isOpen
      ? "Look at the cloud by hand. Two people then say what happened."
      : "Look at the runner's log, then preview the stage again.",
  };
}

function stopRun(ended: Ended, { reason }: RunStopped): Promise<void> {
  switch (reason) {
    case "lease_lost":
      log.warn({ jobId: ended.held.jobId }, "a running job stopped: its lease is lost");
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
  const isOpen = [...run.progress.calls.values()].some(({ outcome }) => outcome === null);
  return {
    state: isOpen ? "outcome_unknown" : "failed",
    says: `This job was taken over ${run.progress.recoveryCount} times and never came to an end. It is given up.`,
    advice: isOpen
      ? "Look at the cloud by hand. Two people then say what happened."
      : "Look at the runner's log, then preview the stage again.",
  };
}
