import { asc, eq, sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { certificateRequest, sshCertificate } from "#db/schema/certificate.ts";
import { query } from "../verb.ts";

const PAGE = 1000;

/** Every signature as JSON lines, the oldest first: who, for whom, under which decision. No line holds a key. */
export const exportSignatureLog = query({
  action: "certificate.read",
  input: z.strictObject({}),
  run: (ctx) => Promise.resolve(linesOf(ctx.db)),
});

async function* linesOf(db: Db): AsyncGenerator<string> {
  for (let after: { at: Date; id: string } | null = null; ;) {
    const rows = await db
      .select({ made: sshCertificate, asked: certificateRequest })
      .from(sshCertificate)
      .innerJoin(certificateRequest, eq(certificateRequest.id, sshCertificate.requestId))
      .where(
        after === null
          ? undefined
          : sql`(${sshCertificate.signedAt}, ${sshCertificate.id}) > (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`,
      )
      .orderBy(asc(sshCertificate.signedAt), asc(sshCertificate.id))
      .limit(PAGE);
    for (const { made, asked } of rows) {
      yield `${JSON.stringify({
        timestamp: made.signedAt.toISOString(),
        actor: made.actorName,
        subject: asked.subject,
        serial: made.serial,
        key_id: made.keyId,
        principals: made.principals,
        ttl_hours: made.ttlHours,
        valid_after: made.validAfter.toISOString(),
        valid_before: made.validBefore.toISOString(),
        pubkey_fingerprint: made.fingerprint,
        policy_decision_id: made.decisionId,
        revoked_at: made.revokedAt?.toISOString() ?? null,
      })}\n`;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = { at: last.made.signedAt, id: last.made.id };
  }
}
