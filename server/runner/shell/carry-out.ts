import type { Tx } from "#db/client.ts";
import { ATTESTERS_NEEDED } from "#server/domain/check/run.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { findDenied } from "#server/domain/host/denied.ts";
import type { HostContent } from "#server/domain/host/host.ts";
import type { PlannedCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { HOST_CHECK, type PlannedShell, plannedShellSchema } from "#server/domain/shell/schema.ts";
import { listAttesters } from "#server/services/attestation/rows.ts";
import { findHost, holdHosts } from "#server/services/host/rows.ts";
import { isGivenUp, RunEnded, RunStopped } from "../endings.ts";
import { endLeftProcesses } from "../process/left-processes.ts";
import type { CallOutcome } from "../progress.ts";
import { triedAgain } from "../retry.ts";
import type { Run } from "../run.ts";
import { executeBlock, type Executed, runIdOf } from "./execute.ts";

/**
 * Carries out a block that changes something, at most once over all lives of the run: an intent before it and an outcome
 * after it. An intent without an outcome is a block that may have done anything: it is not run again, and two people say
 * what happened. Throws RunEnded when the run cannot go on.
 */
export async function carryOutBlock(run: Run, step: PlannedStep, call: PlannedCall): Promise<void> {
  const earlier = run.progress.calls.get(call.id);
  if (earlier !== undefined && earlier.outcome === null) throw await leftInTheAir(run, step, call);
  const again = () => runOnce(run, step, call);
  const first = earlier?.outcome ?? (await again());
  const outcome = await triedAgain(run, { step, call, tries: earlier?.tries ?? 1 }, { first, again });
  run.outputs.set(step.id, { ...run.outputs.get(step.id), ...outcome.captured });
  if (outcome.result === "applied") return;
  throw new RunEnded({
    state: "failed",
    says: `Step ${step.id} was not started on ${shellOf(step).host.name}. ${outcome.says}`,
    advice: "Nothing after it was run. Correct the cause, then preview the stage again.",
  });
}

/** Reads with a block that two people attest, looked at again in the moment before it starts. */
export async function readWithBlock(run: Run, step: PlannedStep): Promise<Executed> {
  run.checkpoint();
  const shell = shellOf(step);
  const content = await run.parts.db.transaction((tx) => requireAsPlanned(tx, step, shell));
  const done = await executeBlock(run, { step, shell, content });
  stopIfEnded(run, step, done);
  if (done.end.hasBegun) return done;
  throw new RunEnded({
    state: "failed",
    says: `Step ${step.id} was not started on ${shell.host.name}. ${done.end.says}`,
    advice: "Nothing was changed. Correct the cause, then preview the stage again.",
  });
}

async function runOnce(run: Run, step: PlannedStep, call: PlannedCall): Promise<CallOutcome> {
  run.checkpoint();
  const shell = shellOf(step);
  let content: HostContent | null = null;
  const { name, digest } = shell.host;
  const body = {
    method: call.method,
    service: call.service,
    path: call.path,
    block: shell.blockDigest,
    host: name,
    hostDigest: digest,
  };
  await run.journal.within([{ kind: "intent", stepId: step.id, callId: call.id, body }], async (tx) => {
    content = await requireAsPlanned(tx, step, shell);
  });
  assert(content, "the host was read with the intent");
  await run.parts.boundary("before send");
  run.assertHeld();
  const done = await executeBlock(run, { step, shell, content });
  await run.parts.boundary("after send");
  const { end, captured } = done;
  // Whoever lost the lane writes nothing: whoever took it over finds the intent alone.
  if (isGivenUp(run.signal)) throw run.signal.reason;
  if (end.ending === "unreachable" && end.hasBegun) throw await lost(run, { step, call }, end.says);
  if (end.ending === "cancelled" && !isCancelled(run)) {
    throw await lost(run, { step, call }, "The runner stopped while it ran, and ended it.");
  }
  const outcome: CallOutcome = {
    result: end.hasBegun ? "applied" : "refused",
    status: null,
    requestId: null,
    captured,
    seen: "answer",
    says: end.says,
  };
  await run.journal.record(
    [{ kind: "outcome", stepId: step.id, callId: call.id, body: { ...outcome } }],
    () => Promise.resolve(),
  );
  run.settledCalls.add(call.id);
  stopIfEnded(run, step, done);
  return outcome;
}

/** The host, the deny list and the attestations as they are at this moment, held until the transaction ends. */
async function requireAsPlanned(tx: Tx, step: PlannedStep, shell: PlannedShell): Promise<HostContent> {
  await holdHosts(tx);
  const host = await findHost(tx, shell.host.name);
  const refuse = (says: string) =>
    new RunEnded({
      state: "refused",
      says: `${says} Step ${step.id} was not started.`,
      advice: "Preview the stage again: it shows what would happen now.",
    });
  if (host?.id !== shell.host.id || host.digest !== shell.host.digest) {
    throw refuse(`The host ${shell.host.name} is not as it was when this was planned.`);
  }
  const command = findDenied(shell.script, host.content.denied);
  if (command !== null) throw refuse(`On ${host.name} no block may hold "${command}".`);
  const needsAttesters = step.operation === HOST_CHECK && step.calls.length === 0;
  if (needsAttesters && (await listAttesters(tx, shell.blockDigest)).length < ATTESTERS_NEEDED) {
    throw refuse("Two people attested that it only reads; they no longer do.");
  }
  return host.content;
}

function shellOf(step: PlannedStep): PlannedShell {
  return plannedShellSchema.parse(step.parameters);
}

const isCancelled = ({ signal }: Run) =>
  signal.reason instanceof RunStopped && signal.reason.reason === "cancelled";

/** A block that was ended because the run has to stop. What it did before stays, and is said. */
function stopIfEnded(run: Run, step: PlannedStep, { end }: Executed): void {
  if (end.ending !== "cancelled") return;
  if (!isCancelled(run)) run.checkpoint();
  throw new RunEnded({
    state: "cancelled",
    says: `Cancelled while step ${step.id} ran on ${shellOf(step).host.name}. It was ended and nothing of it is running; what it had done by then stays. ${end.says}`,
    advice: "Look at the host, then preview the stage again.",
  });
}

async function leftInTheAir(run: Run, step: PlannedStep, call: PlannedCall): Promise<RunEnded> {
  const mine = runIdOf(run, step);
  const ended = await endLeftProcesses((runId) => runId !== mine);
  const also = ended.length === 0 ? "" : " What was left of it on the console's machine was ended.";
  return lost(run, { step, call }, `The runner that started it is gone.${also}`);
}

async function lost(
  run: Run,
  { step, call }: { step: PlannedStep; call: PlannedCall },
  why: string,
): Promise<RunEnded> {
  const body = { verdict: "cannot_know", looked: null, says: why };
  await run.journal.write({ kind: "probed", stepId: step.id, callId: call.id, body });
  return new RunEnded({
    state: "outcome_unknown",
    says: `It is not known what step ${step.id} did on ${shellOf(step).host.name}. ${why} Nothing after it was run, and it is not run again.`,
    advice:
      "Look at the host by hand. Two people then say what happened; until then this tenant's lane is closed.",
  });
}
