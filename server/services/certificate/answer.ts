import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, inArray } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { certificateRequest, sshCertificate } from "#db/schema/certificate.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { refusals } from "#server/domain/ssh-certificate/answer.ts";
import { certificateAnswerSchema } from "#server/domain/ssh-certificate/schema.ts";
import type { CertificateStep } from "#server/domain/ssh-certificate/states.ts";
import { appendAudit } from "../audit/append.ts";
import { type Ctx, query } from "../verb.ts";

/** In milliseconds; each look is one primary-key read. An answer usually comes within those first looks. */
const FIRST_LOOK = 2;
const FIRST_LOOKS = 30;
const LAST_LOOK = 200;

export type CertificateAnswer =
  | {
      kind: "signed";
      certificateId: string;
      /** One line: type and base64. */
      certificate: string;
      decisionId: string;
      principals: readonly string[];
      validBefore: Date;
    }
  | {
      kind: "refused" | "unavailable";
      step: CertificateStep;
      code: string;
      says: string;
      decisionId: string | null;
    };

/**
 * Waits for the answer to a request of one's own. When time is up the request is ended, so that nothing is signed that
 * nobody waits for.
 */
export const awaitCertificate = query({
  action: "certificate.sign",
  input: certificateAnswerSchema,
  run: async (ctx, { requestId }): Promise<CertificateAnswer> => {
    const personId = ctx.actor.kind === "person" ? ctx.actor.personId : null;
    let pause = FIRST_LOOK;
    for (let looks = 0; ; looks += 1) {
      if (looks > FIRST_LOOKS) pause = Math.min(pause * 1.5, LAST_LOOK);
      const found = await findAnswer(ctx.db, requestId);
      if (found === null || found.requestedBy !== personId) {
        throw new DomainError("not_found", "You asked for no such certificate.", { reason: "not_found" });
      }
      if (found.answer !== null) return found.answer;
      if (ctx.clock() >= found.expiresAt) await giveUp(ctx, requestId);
      else await sleep(pause);
    }
  },
});

/** Waits for a runner that is signing at this very moment; whatever it did then stands. */
async function giveUp(ctx: Ctx, requestId: string): Promise<void> {
  const { step, code, says } = refusals.late();
  const at = ctx.clock();
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(certificateRequest)
      .set({ state: "unavailable", step, code, says, endedAt: at })
      .where(
        and(
          eq(certificateRequest.id, requestId),
          inArray(certificateRequest.state, ["requested", "decided"]),
        ),
      )
      .returning({ actorName: certificateRequest.actorName });
    if (row === undefined) return;
    await appendAudit(tx, {
      actor: ctx.actor,
      at,
      action: "certificate.signed",
      outcome: "failed",
      objectKind: "actor",
      objectId: row.actorName,
      details: { requestId, step, code },
    });
  });
}

async function findAnswer(
  db: Db,
  requestId: string,
): Promise<{ requestedBy: string; expiresAt: Date; answer: CertificateAnswer | null } | null> {
  const [row] = await db
    .select()
    .from(certificateRequest)
    .leftJoin(sshCertificate, eq(sshCertificate.requestId, certificateRequest.id))
    .where(eq(certificateRequest.id, requestId));
  if (row === undefined) return null;
  const { certificate_request: asked, ssh_certificate: made } = row;
  return { requestedBy: asked.requestedBy, expiresAt: asked.expiresAt, answer: answerOf(asked, made) };
}

function answerOf(
  { state, step, code, says, decisionId }: typeof certificateRequest.$inferSelect,
  made: typeof sshCertificate.$inferSelect | null,
): CertificateAnswer | null {
  if (made !== null) {
    const { id, line, principals, validBefore } = made;
    return {
      kind: "signed",
      certificateId: id,
      certificate: line,
      decisionId: made.decisionId,
      principals,
      validBefore,
    };
  }
  if (state !== "refused" && state !== "unavailable") return null;
  return { kind: state, step: step ?? "actor", code: code ?? "", says: says ?? "", decisionId };
}
