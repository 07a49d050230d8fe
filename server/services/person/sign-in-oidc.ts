import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { PROVIDER_SKEW_MS } from "#server/domain/passkey/limits.ts";
import { emailSchema } from "#server/domain/person/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { appendAudit } from "../audit/append.ts";
import { spendOpen } from "../passkey/challenge.ts";
import { findActor, openSession } from "./session.ts";
import type { SignInContext } from "./sign-in.ts";

export interface OidcIdentity {
  issuer: string;
  subject: string;
  email: string | null;
  isEmailVerified: boolean;
  /**
   * When the provider last saw the person prove who they are (OpenID Connect Core 1.0, section 2, `auth_time`); null when
   * it does not say. A provider that is asked with `max_age` has to say it (section 3.1.2.1).
   */
  authenticatedAt: Date | null;
}

type Made = { personId: string; sessionSecret: string };
type Refusal = "no_person" | "other_person" | "old_proof";

const WORDS: Record<Refusal, string> = {
  no_person: "No person of this console has that identity. Ask an admin to add you.",
  other_person: "That is another person than the one who is signed in. Nothing was changed.",
  old_proof: "The identity provider did not ask again who is there. Nothing was changed.",
};

/**
 * Signs in a person whom the identity provider vouches for. People are added by an admin first; the first sign-in binds
 * issuer and subject to the person with that verified address, and from then on only these two count.
 *
 * When the session of this browser has asked for a proof (services/account/begin-proof.ts), it is one: it has to be of the
 * same person, and the provider has to have looked after it was asked. Refused, the session stays as it was.
 */
export async function signInOidc(ctx: SignInContext, identity: OidcIdentity): Promise<Made> {
  const present = ctx.replaces === null ? null : await findActor({ ...ctx, isActivity: true }, ctx.replaces);
  const made = await ctx.db.transaction(async (tx) => {
    const at = ctx.clock();
    const askedAt = present && (await spendOpen(tx, { sessionId: present.sessionId, purpose: "sso", at }));
    const row = (await findBound(tx, identity)) ?? (askedAt ? null : await bindByEmail(tx, identity));
    if (!row || row.disabledAt !== null) return "no_person";
    if (askedAt && row.id !== present?.personId) return "other_person";
    if (askedAt && !isNewProof(identity.authenticatedAt, { askedAt, at })) return "old_proof";
    const provenAt = askedAt ? at : identity.authenticatedAt;
    return openSession(tx, {
      ...ctx,
      personId: row.id,
      personName: row.name,
      method: "oidc",
      steppedUpAt: provenAt,
    });
  });
  if (typeof made !== "string") return made;
  await auditRefusal(ctx, { identity, reason: made, person: made === "no_person" ? null : present });
  const code = made === "no_person" ? "unauthenticated" : "forbidden";
  throw new DomainError(code, WORDS[made], { reason: made });
}

/** `auth_time` has whole seconds, and is told by another machine's clock. */
function isNewProof(authenticatedAt: Date | null, { askedAt, at }: { askedAt: Date; at: Date }): boolean {
  if (authenticatedAt === null) return false;
  const provenAt = authenticatedAt.getTime();
  return provenAt >= askedAt.getTime() - PROVIDER_SKEW_MS && provenAt <= at.getTime() + PROVIDER_SKEW_MS;
}

async function auditRefusal(
  ctx: SignInContext,
  of: { identity: OidcIdentity; reason: Refusal; person: PersonActor | null },
): Promise<void> {
  await ctx.db.transaction((tx) =>
    appendAudit(tx, {
      actor: of.person ?? { kind: "anonymous", address: ctx.address },
      at: ctx.clock(),
      action: of.person ? "session.prove" : "session.start",
      outcome: "denied",
      objectKind: "person",
      objectId: `${of.identity.issuer} ${of.identity.subject}`.slice(0, 400),
      details: { reason: of.reason },
    }),
  );
}

async function findBound(tx: Tx, identity: OidcIdentity) {
  const [row] = await tx
    .select()
    .from(person)
    .where(and(eq(person.oidcIssuer, identity.issuer), eq(person.oidcSubject, identity.subject)))
    .for("share");
  return row ?? null;
}

async function bindByEmail(tx: Tx, identity: OidcIdentity) {
  const email = emailSchema.safeParse(identity.email ?? "");
  if (!identity.isEmailVerified || !email.success) return null;
  const [row] = await tx.select().from(person).where(eq(person.email, email.data)).for("update");
  if (!row || row.oidcSubject !== null) return null;
  await tx
    .update(person)
    .set({ oidcIssuer: identity.issuer, oidcSubject: identity.subject })
    .where(eq(person.id, row.id));
  return row;
}
