import { randomBytes } from "node:crypto";
import { count, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { installation, operation } from "#db/schema/signing.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { canonicalOperation } from "#server/domain/signed-operation/envelope.ts";
import {
  envelopeOf,
  type JobOperation,
  operationOfJob,
  type SignedJob,
} from "#server/domain/signed-operation/job-operation.ts";

/** What this installation is called in every operation that is meant for it. */
export async function getHostId(tx: Db | Tx): Promise<string> {
  const [row] = await tx.select({ hostId: installation.hostId }).from(installation);
  assert(row, "the installation has a name of its own");
  return row.hostId;
}

/** Freezes the bytes that a signer of this job signs, with a nonce of their own. */
export async function issueOperation(
  tx: Tx,
  of: SignedJob,
  life: { issuedAt: Date; expiresAt: Date },
): Promise<void> {
  const [earlier] = await tx.select({ attempts: count() }).from(operation).where(eq(operation.jobId, of.id));
  const made = renderOperation(operationOfJob(of, await getHostId(tx)), life);
  await tx.insert(operation).values({ ...made, jobId: of.id, attempt: (earlier?.attempts ?? 0) + 1 });
}

/** The row of an operation, its bytes as text: canonical JSON is all that ever stands in it. */
export function renderOperation(of: JobOperation, life: { issuedAt: Date; expiresAt: Date }) {
  const nonce = randomBytes(24).toString("base64url");
  const bytes = canonicalOperation(envelopeOf(of, { ...life, nonce }));
  return { nonce, op: of.op, message: new TextDecoder().decode(bytes), ...life };
}
