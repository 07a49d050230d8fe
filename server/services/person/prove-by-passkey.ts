import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { passkey } from "#db/schema/passkey.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { hasCountedOn } from "#server/domain/passkey/counter.ts";
import { type Assertion, assertionSchema } from "#server/domain/passkey/schema.ts";
import { type RelyingParty, relyingPartyOf } from "#server/domain/passkey/relying-party.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { appendAudit } from "../audit/append.ts";
import { spendChallenge } from "../passkey/challenge.ts";
import { listPasskeys } from "../passkey/rows.ts";
import { challengeIn, verifyAssertion } from "../passkey/verify.ts";
import { findActor, openSession, reloadActor } from "./session.ts";
import type { SignInContext } from "./sign-in.ts";

type Refusal = "challenge_spent" | "foreign_passkey" | "passkey_refused" | "counter_fell";
type Made = { personId: string; sessionSecret: string };

/**
 * Proves by a passkey of the signed-in person who is at the keyboard. `json` is what the browser answered to the challenge
 * of this session. The session is replaced by a new one, and the old one is dead. A refusal spends the challenge, is
 * audited with its reason, and leaves the session as it was.
 */
export async function proveByPasskey(ctx: SignInContext & { origin: string }, json: string): Promise<Made> {
  const actor = ctx.replaces === null ? null : await findActor({ ...ctx, isActivity: true }, ctx.replaces);
  const party = relyingPartyOf(ctx.origin);
  if (actor === null || party === null) {
    throw new DomainError("unauthenticated", "You are signed out. Sign in to go on.", {
      reason: "signed_out",
    });
  }
  const response = readAssertion(json);
  const made = await ctx.db.transaction(async (tx) => {
    const person = await reloadActor(tx, actor, ctx.clock());
    const done = await judge(tx, { ctx, person, party, response });
    if (typeof done === "string") await auditRefusal(tx, { person, at: ctx.clock(), reason: done });
    return done;
  });
  if (typeof made !== "string") return made;
  throw new DomainError("forbidden", "The passkey did not prove that it is you. Nothing was changed.", {
    reason: made,
  });
}

function readAssertion(json: string): Assertion | null {
  try {
    const parsed: unknown = JSON.parse(json);
    return assertionSchema.safeParse(parsed).data ?? null;
  } catch {
    // Not JSON: no answer of a browser.
    return null;
  }
}

/** The new session, or why there is none. */
async function judge(
  tx: Tx,
  given: {
    ctx: SignInContext;
    person: PersonActor;
    party: RelyingParty;
    response: Assertion | null;
  },
): Promise<Made | Refusal> {
  const { ctx, person, party, response } = given;
  const challenge = response === null ? null : challengeIn(response.response.clientDataJSON);
  if (response === null || challenge === null) return "passkey_refused";
  const at = ctx.clock();
  const asked = { sessionId: person.sessionId, purpose: "prove", at } as const;
  if (!(await spendChallenge(tx, asked, challenge))) return "challenge_spent";
  const own = await listPasskeys(tx, person.personId);
  const kept = own.find(({ credentialId }) => credentialId === response.id);
  if (kept === undefined || !isHandleOf(response, person.personId)) return "foreign_passkey";
  const counter = await verifyAssertion({ response, challenge, party, kept });
  if (counter === null) return "passkey_refused";
  const [locked] = await tx.select().from(passkey).where(eq(passkey.id, kept.id)).for("update");
  if (!hasCountedOn(locked?.counter ?? kept.counter, counter)) return "counter_fell";
  await tx.update(passkey).set({ counter, lastUsedAt: at }).where(eq(passkey.id, kept.id));
  const { personId, name: personName } = person;
  return openSession(tx, { ...ctx, personId, personName, method: "passkey", steppedUpAt: at });
}

/** WebAuthn, 7.2, step 6: a user handle, where there is one, names the same person. */
function isHandleOf({ response: { userHandle } }: Assertion, personId: string): boolean {
  if (userHandle === undefined || userHandle === null) return true;
  return Buffer.from(userHandle, "base64url").toString("hex") === personId.replaceAll("-", "");
}

function auditRefusal(tx: Tx, of: { person: PersonActor; at: Date; reason: Refusal }): Promise<void> {
  return appendAudit(tx, {
    actor: of.person,
    at: of.at,
    action: "session.prove",
    outcome: "denied",
    objectKind: "session",
    objectId: of.person.sessionId,
    details: { reason: of.reason },
  });
}
