import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { signature, usedNonce } from "#db/schema/signing.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { PersonNow } from "#server/domain/policy/right-now.ts";
import { gateOperation } from "#server/domain/signed-operation/gate.ts";
import { operationOfJob } from "#server/domain/signed-operation/job-operation.ts";
import { getHostId } from "#server/services/operation/issue.ts";
import { listPeopleNow } from "#server/services/person/people-now.ts";
import { listSigners } from "#server/services/signer/rows.ts";
import type { JobRow } from "./run.ts";

/** What the signature of a job is worth at this moment. */
export interface SignatureNow {
  /** Null when it holds; else why not, in one word and in a sentence. */
  refusal: { reason: string; says: string } | null;
  person: PersonNow | null;
}

/**
 * Verifies the signature of a job once more, on the keys, the clock and the plan as they are now; the stored verdict is
 * not believed. The nonce has to be the one that this very signature spent. Null when there is no signature.
 */
export async function readSignatureNow(
  tx: Tx,
  row: JobRow,
  given: { namespace: string; at: Date },
): Promise<SignatureNow | null> {
  const [stored] = await tx.select().from(signature).where(eq(signature.jobId, row.id));
  if (!stored) return null;
  const hostId = await getHostId(tx);
  const verdict = await gateOperation({
    intent: {
      ...operationOfJob({ ...row, plan: stagePlanSchema.parse(row.plan) }, hostId),
      jobId: row.id,
      objectId: "",
      journal: [],
    },
    signed: { armored: stored.armored, message: new TextEncoder().encode(stored.message) },
    verifier: { namespace: given.namespace, signers: await listSigners(tx), hostId },
    now: given.at,
    usedNonce: async ({ value }) => value !== stored.nonce || !(await isSpent(tx, value, stored.presentedBy)),
  });
  const people = await listPeopleNow(tx, [stored.personId]);
  const isOwners = verdict.verified?.signer.personId === stored.personId;
  const { outcome, error, says } = verdict;
  if (outcome === "signed" && isOwners) {
    return { refusal: null, person: people.get(stored.personId) ?? null };
  }
  return { refusal: { reason: error ?? outcome, says }, person: null };
}

async function isSpent(tx: Tx, nonce: string, presentedBy: string): Promise<boolean> {
  const [row] = await tx
    .select({ nonce: usedNonce.nonce })
    .from(usedNonce)
    .where(and(eq(usedNonce.nonce, nonce), eq(usedNonce.presentedBy, presentedBy)));
  return row !== undefined;
}
