import { and, eq } from "drizzle-orm";
import { handRecord } from "#db/schema/hand.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { handOf, pastedShell } from "#server/domain/hand/paste.ts";
import {
  HAND_WAIT_MS,
  type HandResult,
  type Kept,
  MANUAL_OUTPUTS,
  MANUAL_VERSION,
  manualSchema,
} from "#server/domain/hand/schema.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import type { Operation } from "#server/operations/handler.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { moveJob } from "#server/services/job/move.ts";
import { type Ending, RunEnded, RunHalted } from "../endings.ts";
import type { JournalDraft } from "../journal.ts";
import { releaseLease } from "../lease.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import type { CallOutcome } from "../progress.ts";
import type { Run } from "../run.ts";
import { verifyStep } from "../verify.ts";
import { pastedOperation, takePasted } from "./carry-out-pasted.ts";

/** Whether a step of a plan is done by a person. */
export function isByHand(step: PlannedStep): boolean {
  return step.disposition !== "skipped" && handOf(step) !== null;
}

/** What the person said, masked. */
interface Said {
  result: HandResult;
  by: string;
  kept: Kept;
}

/**
 * A step that a person does: the run waits for the word of the right one, without a lane's lease and without a worker, and
 * goes on from the journal. Throws RunHalted while there is none, RunEnded when there will be none.
 */
export async function carryOutByHand(run: Run, step: PlannedStep): Promise<void> {
  const said = await findSaid(run, step);
  if (said === null) {
    const ending = endOfWait(run, step);
    if (ending !== null) throw new RunEnded(ending);
    throw new RunHalted(step);
  }
  run.say(
    "note",
    `${said.by} attests: ${said.result === "done" ? "done" : "not done"}. ${said.kept.note}`,
    step.id,
  );
  const shell = pastedShell(step);
  const { pasted } = said.kept;
  const isTold = step.calls.some(({ id }) => (run.progress.calls.get(id)?.outcome ?? null) !== null);
  const captured =
    shell === null || pasted === undefined
      ? {}
      : await takePasted(run, { step, shell, isTold }, { by: said.by, pasted });
  for (const call of step.calls) {
    if ((run.progress.calls.get(call.id)?.outcome ?? null) !== null) continue;
    const outcome: CallOutcome = {
      result: said.result === "done" ? "applied" : "refused",
      status: null,
      requestId: null,
      captured,
      seen: "answer",
      says: `${said.by} attests that it was ${said.result === "done" ? "done" : "not done"}.`,
    };
    await run.journal.record(
      [{ kind: "outcome", stepId: step.id, callId: call.id, body: { ...outcome } }],
      () => Promise.resolve(),
    );
    run.settledCalls.add(call.id);
  }
  if (said.result === "not_done") {
    throw new RunEnded({
      state: "failed",
      says: `${said.by} says that step ${step.id}, ${step.words.title}, was not done: ${said.kept.note}`,
      advice: "Nothing after it was run. Correct the cause, then preview the stage again.",
    });
  }
  await verifyStep(run, step, shell === null ? handOperation(step, said) : pastedOperation(step, captured));
}

/** The job waits from here on: nobody works on it, and its lane stays closed. */
export async function recordHalt(run: Run, { step }: RunHalted): Promise<void> {
  const manual = handOf(step);
  assert(manual, "a run waits at a step that a person does");
  run.say("note", `Waiting for a person: ${step.words.title}`, step.id);
  await run.output.flush();
  const at = run.parts.now();
  const intents = step.calls
    .filter(({ id }) => !run.progress.calls.has(id))
    .map(({ id, method, service, path }): JournalDraft => {
      return { kind: "intent", stepId: step.id, callId: id, body: { method, service, path, byHand: true } };
    });
  const { assignee, differs } = manual;
  const halted: JournalDraft = { kind: "halted", stepId: step.id, body: { assignee, differs } };
  await run.journal.record([...intents, halted], async (tx) => {
    const [row] = await tx
      .select({ cancelRequestedAt: job.cancelRequestedAt })
      .from(job)
      .where(eq(job.id, run.job.id))
      .for("update");
    // Cancelled in this very moment: it stays running, and whoever takes it up next ends it.
    if (row?.cancelRequestedAt === null) {
      await moveJob(tx, { jobId: run.job.id, from: "running", to: "awaiting_person", at });
    }
    await releaseLease(tx, run.held);
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "job.halted",
      outcome: "done",
      objectKind: "job",
      objectId: run.job.id,
      details: { number: run.job.number, stepId: step.id, assignee, differs },
    });
  });
}

/**
 * How a run ends whose person has not answered, when it was cancelled or has waited too long; null while it may wait. What
 * somebody was told to do and nobody has told of may have been done.
 */
export function endOfWait(run: Run, step: PlannedStep): Ending | null {
  const since = run.progress.haltedAt.get(step.id);
  const isCancelled = run.job.cancelRequestedAt !== null || run.signal.aborted;
  const isLate = since !== undefined && run.parts.now().getTime() - since.getTime() >= HAND_WAIT_MS;
  if (!isCancelled && !isLate) return null;
  const why = isCancelled ? "It was cancelled" : "Nobody attested it within a day";
  if (since !== undefined && step.calls.length > 0) {
    return {
      state: "outcome_unknown",
      says: `${why} while step ${step.id}, ${step.words.title}, waited for a person. It is not known whether somebody has done it. Nothing after it was run.`,
      advice:
        "Ask whoever it was for. Two people then say what happened; until then this tenant's lane is closed.",
    };
  }
  return {
    state: isCancelled ? "cancelled" : "failed",
    says: `${why} while step ${step.id}, ${step.words.title}, waited for a person. Nothing after it was run.`,
    advice: "What was done before stays. Preview the stage again.",
  };
}

async function findSaid(run: Run, step: PlannedStep): Promise<Said | null> {
  const [row] = await run.parts.db
    .select({ result: handRecord.result, by: person.name, kept: handRecord.kept })
    .from(handRecord)
    .innerJoin(person, eq(person.id, handRecord.personId))
    .where(and(eq(handRecord.jobId, run.job.id), eq(handRecord.stepId, step.id)));
  if (row === undefined) return null;
  assert(row.kept, "what was handed in was masked before it is read");
  return { ...row, kept: row.kept };
}

/** What a step by hand is to the executor: its result is what the person handed in. */
function handOperation(
  step: PlannedStep,
  { by, kept }: Said,
): Pick<Operation<typeof manualSchema>, "definition" | "readBack"> {
  const manual = manualSchema.parse(step.parameters);
  const files = Object.entries(kept.files).flatMap(([name, { digest }]): [string, Json][] =>
    digest === null ? [] : [[name, digest]],
  );
  const isDropped = files.length < Object.keys(kept.files).length;
  return {
    definition: {
      id: step.operation,
      version: MANUAL_VERSION,
      effect: step.effect,
      title: step.words.title,
      parameters: manualSchema,
      outputs: [...MANUAL_OUTPUTS, ...Object.keys(manual.evidence)],
    },
    readBack: () =>
      Promise.resolve({
        values: {
          done: true,
          attested_by: by,
          note: kept.note,
          ...kept.texts,
          ...Object.fromEntries(files),
          ...(isDropped
            ? { explanation: "A file held a sealed value of this tenant and was not kept." }
            : {}),
        },
      }),
  };
}
