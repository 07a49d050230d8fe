import type { Json } from "#server/domain/canonical/json.ts";
import { type CloudCall, isCloudCall, type PlannedCall, type PlannedStep } from "#server/domain/plan/plan.ts";
import type { CloudResponse } from "#server/openstack/cloud-call.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { RunEnded } from "./endings.ts";
import { fillCall } from "./fill-call.ts";
import type { JournalDraft } from "./journal.ts";
import { answerLine, failureLine, shownPath } from "./observed-session.ts";
import { captureOutputs, valueAtPointer } from "./pointer.ts";
import { probeCall, probeInWords } from "./probe.ts";
import { type CallWithTask, findTask, followTask, hasTask } from "./follow-task.ts";
import type { CallOutcome, CallProgress } from "./progress.ts";
import { triedAgain } from "./retry.ts";
import type { Run } from "./run.ts";
import { requireSealedName } from "./sessions.ts";
import { carryOutBlock } from "./shell/carry-out.ts";
import { registerSecret } from "./step-secrets.ts";
import { sealSecret } from "./vault.ts";

interface CallInStep {
  step: PlannedStep;
  call: CloudCall;
  secrets: ReadonlyMap<string, string>;
}

/**
 * Carries out one planned call at most once, over all lives of the run:
 *
 *   nothing in the journal  -> intent, send, outcome
 *   intent without outcome  -> look at the cloud, never send
 *   outcome                 -> nothing; its captures are used
 *
 * Only where the plan lists tries, and an answer says that nothing was done, it is announced and sent once more.
 *
 * Throws RunEnded when the run cannot go on.
 */
export async function carryOutCall(
  run: Run,
  { step, call, secrets }: Omit<CallInStep, "call"> & { call: PlannedCall },
): Promise<void> {
  if (!isCloudCall(call)) return carryOutBlock(run, step, call);
  const given = { step, call, secrets };
  const earlier = run.progress.calls.get(call.id);
  const again = () => sendCall(run, given);
  const first = earlier?.outcome ?? (earlier ? await settleEarlier(run, given, earlier) : await again());
  const outcome = await triedAgain(run, { step, call, tries: earlier?.tries ?? 1 }, { first, again });
  run.outputs.set(step.id, { ...run.outputs.get(step.id), ...outcome.captured });
  if (outcome.result === "applied") {
    if (outcome.seen === "probe" && Object.keys(call.seals).length > 0) throw secretLost(given);
    const at = run.parts.now();
    for (const name of [...step.generates, ...Object.keys(call.seals)]) run.sessions.secretChanged(name, at);
    return;
  }
  // An attempt is over when the cloud has refused it clearly; its read-back proves that nothing took.
  if (step.disposition === "attempt" && call.accept.includes(outcome.status ?? 0)) return;
  throw new RunEnded({
    state: "failed",
    says: `Step ${step.id} stopped at ${call.method} ${call.path}. ${outcome.says}${leftInWords(run, given)}`,
    advice: `${call.lane === undefined ? "Nothing after this call was sent." : "What was under way for other guests came to its end, and nothing more was begun."} Correct the cause, then preview the stage again.`,
  });
}

/** What a removal that stopped has not removed; nothing for another kind of step. */
function leftInWords(run: Run, { step, call }: CallInStep): string {
  if (step.words.removes === undefined) return "";
  const planned = run.plan.steps.flatMap(({ calls }) => calls.map(({ id }) => id));
  const left = planned.filter((id) => id === call.id || !run.settledCalls.has(id));
  return ` Not removed: ${left.join(", ")}.`;
}

async function sendCall(run: Run, given: CallInStep): Promise<CallOutcome> {
  const { step, call, secrets } = given;
  run.checkpoint();
  // Signing in comes before the intent: if it fails, nothing was about to happen.
  const session = await run.sessions.open(step.identity);
  const filled = fillCall(run, call, secrets);
  const shown = `${call.method} ${shownPath(session, { service: call.service, path: filled.path })}`;
  const announcedAt = run.parts.now();
  await run.journal.write({ kind: "intent", stepId: step.id, callId: call.id, body: filled.record });
  await run.parts.boundary("before send");
  // A process that slept between its intent and here may have lost the lane to one that looked and went on.
  run.assertHeld();
  const startedAt = performance.now();
  try {
    const answer = await session.call({
      service: call.service,
      method: call.method,
      path: filled.path,
      headers: filled.headers,
      accept: call.accept,
      ...(filled.body === null ? {} : { body: filled.body }),
    });
    sealableValues(run, call, answer);
    await run.parts.boundary("after send");
    run.say("call", answerLine(shown, { ...answer, ms: performance.now() - startedAt }), step.id);
    const taskId = valueAtPointer(answer.body, "/data");
    // Without a number it was done at once.
    if (hasTask(given) && typeof taskId === "string" && taskId !== "") {
      await run.journal.write({ kind: "task", stepId: step.id, callId: call.id, body: { id: taskId } });
      return await settleTask(run, given, taskId);
    }
    return await settleAnswer(run, given, answer);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    await run.parts.boundary("after send");
    run.say("call", failureLine(shown, error, performance.now() - startedAt), step.id);
    if (hasTask(given) && error.outcome !== "not_applied") {
      return settleLostTask(run, given, { announcedAt, because: error.says });
    }
    return settle(run, given, error);
  }
}

/** A call that an earlier life of this run announced: its task is read again, or it is looked up. It is never sent again. */
async function settleEarlier(run: Run, given: CallInStep, earlier: CallProgress): Promise<CallOutcome> {
  if (!hasTask(given)) return settle(run, given, "no_record");
  if (earlier.taskId !== null) return settleTask(run, given, earlier.taskId);
  return settleLostTask(run, given, { announcedAt: earlier.announcedAt, because: "" });
}

/** Whatever the answer said, the task tells what came of it. */
async function settleTask(run: Run, given: CallWithTask, taskId: string): Promise<CallOutcome> {
  const followed = await followTask(run, given, taskId);
  if (followed.kind === "cannot_know") throw unknownEnd(given, followed.says);
  await recordOutcome(run, given, { outcome: followed.outcome, sealed: new Map() });
  return followed.outcome;
}

async function settleLostTask(
  run: Run,
  given: CallWithTask,
  { announcedAt, because }: { announcedAt: Date; because: string },
): Promise<CallOutcome> {
  const { step, call } = given;
  run.say("warn", "The answer is lost. Looking for the task of this call; it is not sent again.", step.id);
  await run.parts.boundary("before probe");
  const found = await findTask(run, given, announcedAt);
  await run.parts.boundary("after probe");
  const says =
    found.kind === "found"
      ? `Its task is ${found.taskId}.`
      : found.kind === "none"
        ? `The hypervisor has no task of it, in two looks: it was never begun. ${because}`.trim()
        : found.says;
  const body = { verdict: found.kind, looked: call.task.path, says };
  await run.journal.write({ kind: "probed", stepId: step.id, callId: call.id, body });
  if (found.kind === "cannot_know") throw unknownEnd(given, says);
  if (found.kind === "found") {
    await run.journal.write({ kind: "task", stepId: step.id, callId: call.id, body: { id: found.taskId } });
    return settleTask(run, given, found.taskId);
  }
  const outcome = {
    result: "refused",
    status: null,
    requestId: null,
    captured: {},
    seen: "probe",
    says,
  } as const;
  await recordOutcome(run, given, { outcome, sealed: new Map() });
  return outcome;
}

/** An expected answer. An attempt's refusal is one as well. */
async function settleAnswer(run: Run, given: CallInStep, answer: CloudResponse): Promise<CallOutcome> {
  const { call, step } = given;
  const isApplied = answer.status < 300;
  const captured = captureOutputs(answer.body, isApplied ? call.captures : {});
  const sealed = isApplied ? sealableValues(run, call, answer) : new Map<string, string>();
  if (captured.kind === "missing" || (isApplied && sealed.size < Object.keys(call.seals).length)) {
    return settle(run, given, "unusable");
  }
  for (const [name, value] of Object.entries(captured.values))
    run.say("value", `${step.id}.${name} = ${value}`, step.id);
  const outcome: CallOutcome = {
    result: isApplied ? "applied" : "refused",
    status: answer.status,
    requestId: answer.requestId,
    captured: { ...captured.values, ...statusOf(step, call, answer) },
    seen: "answer",
    says: isApplied ? "Done." : `The cloud refused it with ${answer.status}.`,
  };
  await recordOutcome(run, given, { outcome, sealed });
  return outcome;
}

/** Of an attempt, what the cloud answered is what it is about: `create_user_own_status`. */
function statusOf(step: PlannedStep, call: CloudCall, { status }: CloudResponse): Record<string, string> {
  return step.disposition === "attempt"
    ? { [`${call.id.slice(step.id.length + 1)}_status`]: String(status) }
    : {};
}

/** Values to seal, masked from this moment on. */
function sealableValues(run: Run, call: CloudCall, answer: CloudResponse): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, pointer] of Object.entries(call.seals)) {
    const value = valueAtPointer(answer.body, pointer);
    if (typeof value !== "string" || value === "") continue;
    registerSecret(run, value);
    values.set(name, value);
  }
  return values;
}

/** Why the answer does not settle it: what the transport said, an answer that lacks what it must hold, or no record. */
type Unsettled = CloudError | "unusable" | "no_record";

/** The error itself says that nothing was changed, or the cloud is asked. */
async function settle(run: Run, given: CallInStep, why: Unsettled): Promise<CallOutcome> {
  const { step, call } = given;
  const error = why instanceof CloudError ? why : null;
  const facts = { status: error?.actual ?? null, requestId: error?.requestId ?? null };
  if (error?.outcome === "not_applied") {
    run.say("error", error.says, step.id);
    const outcome = { ...facts, result: "refused", captured: {}, seen: "answer", says: error.says } as const;
    await recordOutcome(run, given, { outcome, sealed: new Map() });
    return outcome;
  }
  const verdict = await probeCall(run, step, call);
  const seenThere = probeInWords(verdict);
  await run.journal.write({
    kind: "probed",
    stepId: step.id,
    callId: call.id,
    body: { verdict: verdict.kind, looked: call.probe?.path ?? null, says: seenThere },
  });
  if (verdict.kind === "cannot_know") throw unknownEnd(given, verdict.says);
  const took = verdict.kind === "took";
  if (!took && (why === "unusable" || error?.outcome === "applied")) {
    throw unknownEnd(given, "The cloud said that it did, and shows nothing of it.");
  }
  const says = took
    ? "The answer was lost, but the call took effect: the cloud shows it."
    : `The answer was lost, and the cloud shows that nothing was changed. ${error?.says ?? ""}`.trim();
  run.say(took ? "note" : "error", says, step.id);
  const outcome: CallOutcome = {
    ...facts,
    result: took ? "applied" : "refused",
    captured: took ? verdict.captured : {},
    seen: "probe",
    says,
  };
  await recordOutcome(run, given, { outcome, sealed: new Map() });
  return outcome;
}

async function recordOutcome(
  run: Run,
  { step, call }: Omit<CallInStep, "secrets">,
  known: { outcome: CallOutcome; sealed: ReadonlyMap<string, string> },
): Promise<void> {
  const { outcome, sealed } = known;
  const seals = [...sealed].map(([name, value]): JournalDraft => {
    const body: Json = { name, fingerprint: run.parts.sealer.fingerprint(value), from: "answer" };
    return { kind: "sealed", stepId: step.id, callId: call.id, body };
  });
  const entry: JournalDraft = { kind: "outcome", stepId: step.id, callId: call.id, body: { ...outcome } };
  await run.journal.record([...seals, entry], async (tx) => {
    for (const [name, value] of sealed) {
      await sealSecret(tx, run.parts.sealer, {
        tenantId: run.job.tenantId,
        name: requireSealedName(name),
        value,
        jobId: run.job.id,
        at: run.parts.now(),
      });
    }
  });
  run.settledCalls.add(call.id);
  for (const [name, value] of sealed) {
    run.say("note", `${name} sealed from the answer: ${value.length} characters`, step.id);
  }
}

function unknownEnd({ step, call }: Omit<CallInStep, "secrets">, why: string): RunEnded {
  return new RunEnded({
    state: "outcome_unknown",
    says: `It is not known whether ${call.method} ${call.path} of step ${step.id} took effect. ${why} Nothing after it was sent, and nothing is sent again.`,
    advice:
      "Look at the cloud by hand. Two people then say what happened; until then this tenant's lane is closed.",
  });
}

function secretLost({ step, call }: CallInStep): RunEnded {
  return new RunEnded({
    state: "failed",
    says: `${call.method} ${call.path} of step ${step.id} took effect, but the secret in its answer was lost with the connection. A cloud shows it once.`,
    advice:
      "Delete what the call made, as its owner, then preview the stage again: a new one will be made and sealed.",
  });
}
