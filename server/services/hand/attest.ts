import { desc, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { handRecord } from "#db/schema/hand.ts";
import { journalEntry } from "#db/schema/job.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import {
  attestHandSchema,
  EVIDENCE_FILE_MAX_BYTES,
  EVIDENCE_FILES_MAX_BYTES,
  type Given,
  type Manual,
} from "#server/domain/hand/schema.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { credentialForm } from "#server/domain/secret/schema.ts";
import { moveJob } from "../job/move.ts";
import { jobObject, lockJob } from "../job/rows.ts";
import { verb } from "../verb.ts";
import { findWaitingStep } from "./rows.ts";

/**
 * The right person says that the step a job waits at was done, or that it was not, and hands in what is asked for. It is
 * said once; the job then goes on from there.
 */
export const attestByHand = verb({
  action: "job.attest_step",
  input: attestHandSchema,
  load: async (tx, { jobId }) => {
    const row = await lockJob(tx, jobId);
    const waiting = await findWaitingStep(tx, row);
    if (waiting === null) {
      throw new DomainError("conflict", "This job does not wait for a step by hand. Nothing was attested.", {
        reason: "not_waiting",
      });
    }
    return { row, ...waiting };
  },
  object: ({ row }) => jobObject(row),
  separation: ({ separation }) => separation,
  run: async (tx, { person, input, row: { row, step, manual, shell, separation }, at }) => {
    const { stepId, digest, result, given } = input;
    if (stepId !== step.id || digest !== row.digest) {
      throw new DomainError(
        "stale",
        "The job waits at another step by now. Nothing was attested; reload the page.",
        {
          reason: "stale",
        },
      );
    }
    if (row.cancelRequestedAt !== null) {
      throw new DomainError("conflict", "This job is being cancelled. Nothing was attested.", {
        reason: "cancelled",
      });
    }
    requirePasted(shell !== null, result === "done", given);
    requireUsable(manual, result === "done", given);
    await tx.insert(handRecord).values({
      jobId: row.id,
      stepId,
      result,
      personId: person.personId,
      differsFrom: [...separation.differsFrom],
      at,
      given,
      kept: null,
    });
    const said = {
      by: { id: person.personId, name: person.name },
      result,
      evidence: [...Object.keys(given.texts), ...Object.keys(given.files)].sort(),
      ...(given.pasted === undefined ? {} : { pasted: true, exit: given.pasted.exit }),
    };
    await appendSaid(tx, { jobId: row.id, stepId, body: said, at });
    await moveJob(tx, { jobId: row.id, from: "awaiting_person", to: "running", at });
    return {
      output: { result },
      audit: {
        number: row.number,
        stepId,
        digest,
        result,
        evidence: said.evidence,
        differsFrom: [...manual.differs],
        pasted: given.pasted !== undefined,
      },
    };
  },
});

/** The journal goes on under the number and the fencing of its last entry: no runner writes while the job waits. */
async function appendSaid(
  tx: Tx,
  { jobId, stepId, body, at }: { jobId: string; stepId: string; body: Json; at: Date },
): Promise<void> {
  const [last] = await tx
    .select({ seq: journalEntry.seq, fencing: journalEntry.fencing })
    .from(journalEntry)
    .where(eq(journalEntry.jobId, jobId))
    .orderBy(desc(journalEntry.seq))
    .limit(1);
  assert(last, "a job that waits has a journal");
  const { seq, fencing } = last;
  await tx
    .insert(journalEntry)
    .values({ jobId, seq: seq + 1, fencing, kind: "attested", stepId, callId: null, body, at });
}

/** A block that was run is pasted with its exit code; of any other step nothing is. */
function requirePasted(isBlock: boolean, isDone: boolean, { pasted }: Given): void {
  if (!isBlock && pasted !== undefined) {
    throw invalid(
      "This step is no block whose output is pasted. Nothing was attested.",
      "not_asked",
      "pasted",
    );
  }
  if (isBlock && isDone && pasted === undefined) {
    throw invalid(
      "Paste what the block printed, with its exit code: a block without output did not happen. Nothing was attested.",
      "missing",
      "pasted",
    );
  }
}

/** What is asked for is there and nothing else, within its bounds, and none of it is a credential. */
function requireUsable({ evidence }: Manual, isDone: boolean, { note, texts, files, pasted }: Given): void {
  const kindOf = (name: string) =>
    Object.hasOwn(texts, name) ? "text" : Object.hasOwn(files, name) ? "file" : null;
  const names = [...Object.keys(texts), ...Object.keys(files)];
  const unasked = names.find(
    (name) => !Object.hasOwn(evidence, name) || evidence[name]?.kind !== kindOf(name),
  );
  if (unasked !== undefined || new Set(names).size < names.length) {
    throw invalid(`The step does not ask for ${unasked ?? "that twice"}. Nothing was attested.`, "not_asked");
  }
  const missing = Object.keys(evidence).find(
    (name) => (texts[name] ?? files[name]?.base64 ?? "").trim() === "",
  );
  if (isDone && missing !== undefined) {
    throw invalid(
      `The step asks for ${missing}: ${evidence[missing]?.asks ?? ""}. Nothing was attested.`,
      "missing",
      missing,
    );
  }
  const contents = Object.entries(files).map(
    ([name, { base64 }]) => [name, Buffer.from(base64, "base64")] as const,
  );
  const large = contents.find(([, bytes]) => bytes.length > EVIDENCE_FILE_MAX_BYTES);
  const total = contents.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  if (large || total > EVIDENCE_FILES_MAX_BYTES) {
    throw invalid(
      `A file has at most ${EVIDENCE_FILE_MAX_BYTES / 1024} KiB, all together ${EVIDENCE_FILES_MAX_BYTES / 1024} KiB. Nothing was attested.`,
      "too_large",
    );
  }
  const held = [
    ["the note", note],
    ["the pasted output", pasted?.output ?? ""],
    ...Object.entries(texts),
    ...contents.map(([name, bytes]) => [name, bytes.toString("latin1")] as const),
    ...Object.entries(files).map(([name, { fileName }]) => [name, fileName] as const),
  ] as const;
  for (const [name, text] of held) {
    const form = credentialForm(text);
    if (form === null) continue;
    throw invalid(
      `There is ${form} in ${name}. It was not kept, and nothing was attested. Count it as known to others.`,
      "credential",
    );
  }
}

function invalid(says: string, reason: string, field?: string): DomainError {
  return new DomainError("invalid", says, field === undefined ? { reason } : { reason, field });
}
