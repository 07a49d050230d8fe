import { asc, eq, gte } from "drizzle-orm";
import { auditEntry, installationKey, signedHead } from "#db/schema/audit.ts";
import { auditSeqSchema } from "#server/domain/audit/schema.ts";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { query } from "../verb.ts";
import { coveredBy } from "./append.ts";
import { readInclusionProof } from "./tree.ts";

/** One entry with the bytes its hash covers and, once a head over it is signed, the proof that it is in that log. */
export const readAuditEntry = query({
  action: "audit.read",
  input: auditSeqSchema,
  run: async (ctx, { seq }) => {
    const [row] = await ctx.db.select().from(auditEntry).where(eq(auditEntry.seq, seq));
    if (!row) throw new DomainError("not_found", "There is no such entry.", { reason: "not_found" });
    // The first head over it: the same one, and so the same proof, at every reading.
    const [[signed], [key]] = await Promise.all([
      ctx.db
        .select()
        .from(signedHead)
        .where(gte(signedHead.size, seq))
        .orderBy(asc(signedHead.size), asc(signedHead.at))
        .limit(1),
      ctx.db.select().from(installationKey),
    ]);
    const { hash: _hash, ...covered } = row;
    const isProven = signed !== undefined && key !== undefined;
    return {
      entry: row,
      canonical: canonicalJson(coveredBy(covered)),
      proof: isProven
        ? {
            path: await readInclusionProof(ctx.db, { seq, size: signed.size }),
            head: signed.head,
            publicKey: key.publicKey,
          }
        : null,
    };
  },
});
