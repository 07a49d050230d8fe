import { randomUUID } from "node:crypto";
import { and, asc, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { certificateRequest, sshCertificate } from "#db/schema/certificate.ts";
import { ACTOR_CAP_HOURS } from "#server/domain/actor/states.ts";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { questionJson } from "#server/domain/decision/decide.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import { type CertificateRefusal, decideTtl, refusals } from "#server/domain/ssh-certificate/answer.ts";
import { BEGINS_EARLIER_SECONDS } from "#server/domain/ssh-certificate/engine.ts";
import { EXTENSIONS_OF } from "#server/domain/ssh-certificate/extensions.ts";
import { signingQuestion } from "#server/domain/ssh-certificate/question.ts";
import { readUserKey } from "#server/domain/ssh-certificate/user-key.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { lockCertificates, revokePrevious } from "#server/services/certificate/rows.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import { inTransaction } from "../transaction.ts";
import type { Signed, SigningParts, ToSign } from "./certificate-parts.ts";
import { type DecidedRequest, decideRequest, requireActorNow } from "./decide.ts";

type RequestRow = typeof certificateRequest.$inferSelect;

const OPEN = ["requested", "decided"] as const;

/**
 * Takes the certificate that has been waited for longest through its steps: actor, prefix, decision; then TTL, the
 * previous one's end, signature, record. False when none waits. Two runners may decide one request, and one signs it.
 */
export async function answerRequest(parts: SigningParts): Promise<boolean> {
  const [row] = await parts.db
    .select()
    .from(certificateRequest)
    // A run of the console carries its own request through.
    .where(and(inArray(certificateRequest.state, [...OPEN]), eq(certificateRequest.purpose, "person")))
    .orderBy(asc(certificateRequest.requestedAt))
    .limit(1);
  if (!row) return false;
  await carryOutRequest(parts, { row, validSeconds: null });
  return true;
}

/** Decides and signs one request. `validSeconds`: shorter than the hours that are decided on; null for all of them. */
export async function carryOutRequest(
  parts: SigningParts,
  of: { row: RequestRow; validSeconds: number | null },
): Promise<void> {
  const { row, validSeconds } = of;
  const at = parts.now();
  if (at >= row.expiresAt) {
    await inTransaction(parts.db, (tx) => refuse(tx, { row, refusal: refusals.late(), at }));
    return;
  }
  if (row.state === "requested") await decide(parts, row, at);
  await signDecided(parts, { id: row.id, validSeconds });
}

async function decide(parts: SigningParts, row: RequestRow, at: Date): Promise<void> {
  const decided = await decideRequest(parts.db, { request: row, at });
  const { refusal, record } = decided;
  await inTransaction(parts.db, async (tx) => {
    if (refusal !== null) return refuse(tx, { row, at, refusal, record });
    await tx
      .update(certificateRequest)
      .set({ state: "decided", ...record })
      .where(and(eq(certificateRequest.id, row.id), eq(certificateRequest.state, "requested")));
  });
}

/** Signs what was decided, once. What an engine signed for a request that somebody else ended is thrown away. */
async function signDecided(
  parts: SigningParts,
  of: { id: string; validSeconds: number | null },
): Promise<void> {
  const isMine = and(eq(certificateRequest.id, of.id), eq(certificateRequest.state, "decided"));
  const ahead = await parts.signer.ahead(parts.db, async () => {
    const [row] = await parts.db.select().from(certificateRequest).where(isMine);
    const made = row && (await toSignNow(parts.db, { row, at: parts.now(), validSeconds: of.validSeconds }));
    return made?.kind === "made" ? made.toSign : null;
  });
  await inTransaction(parts.db, async (tx) => {
    await lockCertificates(tx);
    const [row] = await tx.select().from(certificateRequest).where(isMine).for("update");
    if (!row) return;
    const at = parts.now();
    if (at >= row.expiresAt) return refuse(tx, { row, refusal: refusals.late(), at });
    const made = await toSignNow(tx, { row, at, validSeconds: of.validSeconds });
    if (made.kind === "refused") return refuse(tx, { row, refusal: made.refusal, at });
    const signed = await parts.signer.sign(tx, made.toSign, ahead);
    if (signed.kind === "refused") return refuse(tx, { row, refusal: signed.refusal, at });
    assert(row.decisionId !== null, "a decided request has a decision");
    await record(tx, { row: { ...row, decisionId: row.decisionId }, signed, at });
  });
}

type MadeToSign = { kind: "made"; toSign: ToSign } | { kind: "refused"; refusal: CertificateRefusal };

/** The content of a decided request as the registry has it at this moment, which is what was decided on. */
async function toSignNow(
  db: Db | Tx,
  of: { row: RequestRow; at: Date; validSeconds: number | null },
): Promise<MadeToSign> {
  const { row, at, validSeconds } = of;
  const actor = await requireActorNow(db, row.actorName);
  if ("refusal" in actor) return { kind: "refused", refusal: actor.refusal };
  const asked = canonicalJson(questionJson(signingQuestion({ ...row, actor })));
  if (row.question === null || canonicalJson(row.question) !== asked) {
    return { kind: "refused", refusal: refusals.changed(actor.name) };
  }
  const tooLong = decideTtl(row.ttlHours, {
    name: actor.name,
    type: actor.type,
    capHours: ACTOR_CAP_HOURS[actor.type],
    maxHours: actor.maxTtlHours,
  });
  if (tooLong !== null) return { kind: "refused", refusal: tooLong };
  const key = readUserKey(row.publicKey);
  assert(key.kind === "ok", "a request has a key");
  const validAfter = Math.floor(at.getTime() / 1000) - BEGINS_EARLIER_SECONDS;
  const content = {
    keyId: actor.name,
    principals: actor.principals,
    validAfter,
    validBefore: validAfter + (validSeconds ?? row.ttlHours * 3600),
    extensions: EXTENSIONS_OF[actor.type],
  };
  return { kind: "made", toSign: { key: key.key, keyLine: key.line, actorType: actor.type, content } };
}

type DecidedRow = RequestRow & { decisionId: string };
type SignedNow = Extract<Signed, { kind: "signed" }>;

async function record(tx: Tx, of: { row: DecidedRow; signed: SignedNow; at: Date }): Promise<void> {
  const { row, signed, at } = of;
  const { content } = signed;
  const certificateId = randomUUID();
  const previous =
    row.purpose === "run"
      ? []
      : await revokePrevious(tx, {
          actorName: row.actorName,
          at,
          reason: "Followed by the next certificate.",
        });
  const facts = {
    actorName: row.actorName,
    purpose: row.purpose,
    serial: String(content.serial),
    fingerprint: row.fingerprint,
    principals: [...content.principals],
    ttlHours: row.ttlHours,
    decisionId: row.decisionId,
  };
  const validBefore = new Date(content.validBefore * 1000);
  await tx.insert(sshCertificate).values({
    id: certificateId,
    requestId: row.id,
    authorityId: signed.authorityId,
    keyId: content.keyId,
    ...facts,
    validAfter: new Date(content.validAfter * 1000),
    validBefore,
    line: signed.line,
    signedAt: at,
  });
  await tx
    .update(certificateRequest)
    .set({ state: "signed", endedAt: at })
    .where(eq(certificateRequest.id, row.id));
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "certificate.signed",
    outcome: "done",
    objectKind: "certificate",
    objectId: certificateId,
    details: {
      ...facts,
      requestedBy: row.requestedBy,
      subject: row.subject,
      runId: row.runId,
      validBefore: validBefore.toISOString(),
      revoked: previous.map(({ serial }) => serial),
    },
  });
}

async function refuse(
  tx: Tx,
  of: { row: RequestRow; refusal: CertificateRefusal; at: Date; record?: DecidedRequest["record"] },
): Promise<void> {
  const { row, refusal, at } = of;
  const { step, code, says, isOutage } = refusal;
  const ended = await tx
    .update(certificateRequest)
    .set({ ...of.record, state: isOutage ? "unavailable" : "refused", step, code, says, endedAt: at })
    .where(and(eq(certificateRequest.id, row.id), inArray(certificateRequest.state, [...OPEN])))
    .returning({ id: certificateRequest.id });
  if (ended.length === 0) return;
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "certificate.signed",
    outcome: isOutage ? "failed" : "denied",
    objectKind: "actor",
    objectId: row.actorName,
    details: {
      step,
      code,
      ttlHours: row.ttlHours,
      subject: row.subject,
      requestedBy: row.requestedBy,
      fingerprint: row.fingerprint,
    },
  });
}
