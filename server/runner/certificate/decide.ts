import type { Db, Tx } from "#db/client.ts";
import type { certificateRequest } from "#db/schema/certificate.ts";
import type { RegisteredActor } from "#server/domain/actor/actor.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import {
  type DecisionEnvelope,
  type DecisionQuestion,
  questionJson,
} from "#server/domain/decision/decide.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { lostRight, type PersonNow } from "#server/domain/policy/right-now.ts";
import { signingProblem } from "#server/domain/policy/signing.ts";
import { type CertificateRefusal, refusals } from "#server/domain/ssh-certificate/answer.ts";
import { signingQuestion } from "#server/domain/ssh-certificate/question.ts";
import { askAccess } from "#server/services/access/ask.ts";
import { findActor } from "#server/services/certificate/actors.ts";
import { listPeopleNow } from "#server/services/person/people-now.ts";
import { findSigningRoles } from "#server/services/rules/signing.ts";

type Request = typeof certificateRequest.$inferSelect;

export interface DecidedRequest {
  /** Null: it may be signed. */
  refusal: CertificateRefusal | null;
  /** What was asked and answered; null where it did not come to that. */
  record: { decisionId: string; question: Json; envelope: DecisionEnvelope } | null;
}

/**
 * The actor, its name's prefix, the decision: in this order, and the first that refuses ends it. Outside of any
 * transaction: a decision is on record before anybody goes on with it.
 */
export async function decideRequest(db: Db, of: { request: Request; at: Date }): Promise<DecidedRequest> {
  const { request, at } = of;
  const asker = request.purpose === "person" ? await findAsker(db, request.requestedBy) : null;
  const lost = asker === null ? null : lostSigning(asker.person);
  if (lost !== null) return { refusal: lost, record: null };
  const actor = await requireActorNow(db, request.actorName);
  if ("refusal" in actor) return { ...actor, record: null };
  if (asker?.person) {
    const { roles } = asker.person;
    const problem = signingProblem(await findSigningRoles(db), { roles, type: actor.type });
    if (problem !== null) return { refusal: refusals.notForThem(problem), record: null };
  }
  if (!actor.name.startsWith(`${actor.type}-`)) {
    return { refusal: refusals.prefix(actor.name, actor.type), record: null };
  }
  const { subject, fingerprint, ttlHours } = request;
  return decideSigning(db, { question: signingQuestion({ actor, subject, fingerprint, ttlHours }), at });
}

async function decideSigning(db: Db, of: { question: DecisionQuestion; at: Date }): Promise<DecidedRequest> {
  const asked = await askAccess(db, of);
  if (asked.kind === "none") return { refusal: refusals.undecided(asked.reason, asked.says), record: null };
  const { envelope } = asked;
  const record = { decisionId: envelope.id, question: questionJson(of.question), envelope };
  if (asked.isAllowed) return { refusal: null, record };
  const reason = envelope.effect === "deny" ? envelope.reason : "policy_denied";
  return { refusal: refusals.denied(reason, envelope.id), record };
}

/** The actor as the registry has it at this moment, or why there is none to sign for. */
export async function requireActorNow(
  db: Db | Tx,
  name: string,
): Promise<RegisteredActor | { refusal: CertificateRefusal }> {
  const actor = await findActor(db, name).catch((error: unknown) => {
    if (error instanceof DomainError) return error;
    throw error;
  });
  if (actor instanceof DomainError) return { refusal: refusals.noRegistry() };
  if (actor === null) return { refusal: refusals.unknownActor(name) };
  return actor.isRetired ? { refusal: refusals.retired(name) } : actor;
}

/** Whoever asked, as the database knows him now. */
async function findAsker(db: Db, personId: string): Promise<{ person: PersonNow | undefined }> {
  return db.transaction(async (tx) => ({ person: (await listPeopleNow(tx, [personId])).get(personId) }));
}

/** Whoever asked may have lost the right to since. */
function lostSigning(person: PersonNow | undefined): CertificateRefusal | null {
  const lost = person === undefined ? "is gone" : lostRight(person, "certificate.sign");
  if (lost === null) return null;
  return refusals.notAllowed(`${person?.name ?? "Whoever asked"} ${lost} have a certificate signed.`);
}
