import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { operation, signature } from "#db/schema/signing.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { signJobSchema } from "#server/domain/job/schema.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { lostRight } from "#server/domain/policy/right-now.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { gateOperation, type GateVerdict } from "#server/domain/signed-operation/gate.ts";
import { operationOfJob } from "#server/domain/signed-operation/job-operation.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";
import { isPrivateKey } from "#server/domain/sshsig/public-key.ts";
import { findRecovery } from "../guest/recovery.ts";
import { findJobHolding } from "../gate/holding.ts";
import { getHostId, issueOperation } from "../operation/issue.ts";
import { spendNonce } from "../operation/nonces.ts";
import { listPeopleNow } from "../person/people-now.ts";
import { type EnrolledSigner, listSigners } from "../signer/rows.ts";
import { verb } from "../verb.ts";
import { requireJobDecision } from "./decision.ts";
import { requireJobMayStart } from "./may-start.ts";
import { moveJob } from "./move.ts";
import { type JobRow, jobObject, jobSeparation, lockJob, nextOnceAllowed } from "./rows.ts";

type Verdict = GateVerdict<EnrolledSigner>;

/**
 * Hands in a signature over the operation of a job that destroys, or that the rules want signed. The whole pipeline runs inside this transaction; what
 * is refused before the nonce leaves no trace but the audit, what is refused after it leaves the nonce spent and fresh
 * bytes to sign.
 */
export const signJob = verb({
  action: "job.sign",
  input: signJobSchema,
  load: async (tx, { jobId }, ctx) => {
    const row = await lockJob(tx, jobId);
    const heldBy = await findJobHolding(tx, row);
    return { ...row, heldBy, namespace: ctx.signatureNamespace ?? DEFAULT_NAMESPACE };
  },
  object: jobObject,
  separation: (row) => ({ ...jobSeparation(row), heldBy: row.heldBy }),
  stepUp: true,
  run: async (tx, { person, input, row, at }) => {
    refusePrivateKey(input.armored);
    const message =
      input.operation === null ? await readMessage(tx, row.id) : Buffer.from(input.operation, "base64");
    const verdict = await gateJob(tx, row, {
      signed: { armored: input.armored, message },
      person,
      at,
    });
    const { verified } = verdict;
    if (verified === null) throw refusalOf(verdict);
    const denied = await denialAfterNonce(tx, { row, at }, verdict);
    if (denied !== null) {
      await reissue(tx, verified.envelope.nonce, at);
      return { refusal: denied, audit: signedFacts(verdict) };
    }
    requireWaiting(row, at);
    const to = nextOnceAllowed(row);
    if (to === "queued") await requireJobMayStart(tx, row, at);
    const separation = jobSeparation(row);
    const decision = await requireJobDecision(tx, { person, action: "job.sign", row, separation, at });
    await tx.insert(signature).values({
      id: randomUUID(),
      jobId: row.id,
      digest: row.digest,
      requestedBy: row.requestedBy,
      nonce: verified.envelope.nonce,
      signerId: verified.signer.id,
      personId: verified.signer.personId,
      presentedBy: person.personId,
      sessionId: person.sessionId,
      armored: input.armored,
      message: new TextDecoder().decode(message),
      namespace: row.namespace,
      presence: verified.presence,
      at,
    });
    await moveJob(
      tx,
      { jobId: row.id, from: "awaiting_signature", to, at },
      to === "queued" ? { queuedAt: at } : {},
    );
    return {
      output: { state: to, steps: verdict.steps },
      audit: { ...signedFacts(verdict), digest: row.digest, decision },
    };
  },
});

/** It came by mistake and is let go of at once: not looked at further, not stored, not written down. */
function refusePrivateKey(armored: string): void {
  if (!isPrivateKey(armored)) return;
  throw new DomainError(
    "invalid",
    "This is a private key. It was not kept and not logged, but treat it as known to others: retire it wherever it is used, make a new key, and sign with that one. Nothing was accepted.",
    { reason: "private_key", field: "armored" },
  );
}

/** The bytes on the job's page: those of its newest operation. */
async function readMessage(tx: Tx, jobId: string): Promise<Uint8Array> {
  const [newest] = await tx
    .select({ message: operation.message })
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt))
    .limit(1);
  if (newest) return new TextEncoder().encode(newest.message);
  throw new DomainError("conflict", "This job takes no signature. Nothing was accepted.", {
    reason: "not_waiting",
  });
}

async function gateJob(
  tx: Tx,
  row: JobRow & { namespace: string },
  given: { signed: { armored: string; message: Uint8Array }; person: PersonActor; at: Date },
): Promise<Verdict> {
  const { signed, person, at } = given;
  const hostId = await getHostId(tx);
  return gateOperation({
    intent: {
      ...operationOfJob({ ...row, plan: stagePlanSchema.parse(row.plan) }, hostId),
      jobId: row.id,
      // A plan stands for several objects; none of them is taken for the console's own scratch here.
      objectId: "",
      journal: [],
    },
    signed,
    verifier: { namespace: row.namespace, signers: await listSigners(tx), hostId },
    now: at,
    usedNonce: spendNonce(tx, { personId: person.personId, at }),
  });
}

/** Refused before the nonce, or for want of any signer: nothing is spent. */
function refusalOf({ outcome, error, says, steps }: Verdict): DomainError {
  const reason = outcome === "rejected" ? (error ?? "rejected") : outcome;
  const code = outcome === "pending_signature" ? "approval_required" : "invalid";
  return new DomainError(code, says, { reason, facts: { outcome, steps: [...steps] } });
}

/** Refused although the signature is good: the role, the binding, or whose key it is. */
async function denialAfterNonce(
  tx: Tx,
  { row, at }: { row: JobRow; at: Date },
  verdict: Verdict,
): Promise<DomainError | null> {
  const { outcome, says, steps, verified } = verdict;
  assert(verified, "what comes after the nonce is verified");
  const facts = { outcome, steps: [...steps] };
  if (outcome !== "signed") {
    const code = outcome === "role_denied" ? "forbidden" : "conflict";
    return new DomainError(code, says, { reason: outcome, facts });
  }
  const { personId } = verified.signer;
  const denied = { ...facts, outcome: "role_denied" };
  if (personId === row.requestedBy) {
    return new DomainError(
      "forbidden",
      "The key belongs to the person who asked for this job. Another person's key has to sign it. This signature is spent, and fresh bytes are ready to be signed.",
      { reason: "self_signing", facts: denied },
    );
  }
  if (verified.signer.role === "recovery" && (await findRecovery(tx, row.tenantId, at)) === null) {
    return new DomainError(
      "forbidden",
      "A recovery key replaces a token only while the recovery mode of its host is armed, and it is not. Nothing was accepted, and this signature is spent.",
      { reason: "role_denied", facts: denied },
    );
  }
  const owner = (await listPeopleNow(tx, [personId])).get(personId);
  const lost = owner && lostRight(owner, "job.sign", { requestedBy: row.requestedBy });
  if (owner && lost === null) return null;
  return new DomainError(
    "forbidden",
    `${owner?.name ?? "The person whose key this is"} ${lost ?? "is not known"}, so this key cannot sign the job. Nothing was accepted, and this signature is spent.`,
    { reason: "signer_gone", facts: denied },
  );
}

/** Fresh bytes for the job whose nonce was spent on a refusal; it may be another job than the one presented to. */
async function reissue(tx: Tx, nonce: string, at: Date): Promise<void> {
  const [spent] = await tx
    .select({ jobId: operation.jobId })
    .from(operation)
    .where(eq(operation.nonce, nonce));
  if (!spent || spent.jobId === null) return;
  const [row] = await tx.select().from(job).where(eq(job.id, spent.jobId));
  if (row?.state !== "awaiting_signature" || at >= row.expiresAt) return;
  const { plan, expiresAt } = row;
  await issueOperation(tx, { ...row, plan: stagePlanSchema.parse(plan) }, { issuedAt: at, expiresAt });
}

/** Throws, and with that gives the nonce back: a good signature waits for nothing here. */
function requireWaiting(row: JobRow, at: Date): void {
  if (row.state !== "awaiting_signature") {
    throw new DomainError(
      "conflict",
      row.state === "awaiting_approval"
        ? "A second person has to approve this request first. The signature was not used; hand it in again after that."
        : "This job is not waiting for a signature. Nothing was accepted.",
      { reason: "not_waiting" },
    );
  }
  if (at >= row.expiresAt) {
    throw new DomainError("conflict", "This request has expired. Its requester has to ask again.", {
      reason: "expired",
    });
  }
}

function signedFacts({ outcome, verified }: Verdict): { [key: string]: Json } {
  if (verified === null) return { outcome };
  const { envelope, signer, fingerprint } = verified;
  return {
    outcome,
    op: envelope.op,
    nonce: envelope.nonce,
    signer: signer.id,
    signedBy: signer.personId,
    fingerprint,
  };
}
