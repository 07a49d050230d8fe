import { desc, eq } from "drizzle-orm";
import { person } from "#db/schema/person.ts";
import { operation, signature, signer } from "#db/schema/signing.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { jobIdSchema } from "#server/domain/job/schema.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";
import { isInWindow } from "#server/domain/sshsig/window.ts";
import { hasPasskey } from "../passkey/rows.ts";
import { listCandidates } from "../person/candidates.ts";
import { listSigners } from "../signer/rows.ts";
import { type Ctx, query } from "../verb.ts";
import type { JobRow } from "./rows.ts";

/** What the page of a job says about its signature: what to sign, who can, and who did. Null: it takes none. */
export async function readSigning(ctx: Ctx, row: JobRow) {
  const newest = await findNewest(ctx, row.id);
  if (newest === null) return null;
  const [given, signers, candidates] = await Promise.all([
    findGiven(ctx, row.id),
    listSigners(ctx.db),
    listCandidates(ctx.db, { action: "job.sign", separation: { requestedBy: row.requestedBy } }),
  ]);
  const now = ctx.clock();
  const isLive = (one: (typeof signers)[number]) =>
    one.role === "operational" && (one.revokedAt === null || now < one.revokedAt) && isInWindow(one, now);
  const owners = new Set(signers.filter(isLive).map(({ personId }) => personId));
  return {
    namespace: ctx.signatureNamespace ?? DEFAULT_NAMESPACE,
    operation: {
      message: newest.message,
      attempt: newest.attempt,
      expiresAt: newest.expiresAt,
    },
    signed: given,
    hasSigners: owners.size > 0,
    /** People with a key that is valid now and the right to use it on this job. */
    couldSign: candidates.filter(({ id }) => owners.has(id)),
  };
}

async function findNewest(ctx: Ctx, jobId: string) {
  const [row] = await ctx.db
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt))
    .limit(1);
  return row ?? null;
}

async function findGiven(ctx: Ctx, jobId: string) {
  const [row] = await ctx.db
    .select({ name: person.name, fingerprint: signer.fingerprint, at: signature.at })
    .from(signature)
    .innerJoin(person, eq(person.id, signature.personId))
    .innerJoin(signer, eq(signer.id, signature.signerId))
    .where(eq(signature.jobId, jobId));
  return row ?? null;
}

/** The exact bytes to sign, and what to call the file. */
export const readOperation = query({
  action: "job.read",
  input: jobIdSchema,
  run: async (ctx, { jobId }) => {
    const newest = await findNewest(ctx, jobId);
    if (!newest) {
      throw new DomainError("not_found", "There is nothing to sign for this job.", { reason: "not_found" });
    }
    const personId = ctx.actor.kind === "person" ? ctx.actor.personId : null;
    const takesPasskey = personId !== null && (await hasPasskey(ctx.db, personId));
    return { message: newest.message, attempt: newest.attempt, takesPasskey };
  },
});
