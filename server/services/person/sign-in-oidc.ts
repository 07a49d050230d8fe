import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { emailSchema } from "#server/domain/person/schema.ts";
import { appendAudit } from "../audit/append.ts";
import { openSession } from "./session.ts";
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

/**
 * Signs in a person whom the identity provider vouches for. People are added by an admin first; the first sign-in binds
 * issuer and subject to the person with that verified address, and from then on only these two count.
 */
export async function signInOidc(
  ctx: SignInContext,
  identity: OidcIdentity,
): Promise<{ personId: string; sessionSecret: string }> {
  const found = await ctx.db.transaction(async (tx) => {
    const row = (await findBound(tx, identity)) ?? (await bindByEmail(tx, identity));
    if (!row || row.disabledAt !== null) return null;
    return openSession(tx, {
      ...ctx,
      personId: row.id,
      personName: row.name,
      method: "oidc",
      steppedUpAt: identity.authenticatedAt,
    });
  });
  if (found) return found;
  await ctx.db.transaction((tx) =>
    appendAudit(tx, {
      actor: { kind: "anonymous", address: ctx.address },
      at: ctx.clock(),
      action: "session.start",
      outcome: "denied",
      objectKind: "person",
      objectId: `${identity.issuer} ${identity.subject}`.slice(0, 400),
      details: { reason: "no_person" },
    }),
  );
  throw new DomainError(
    "unauthenticated",
    "No person of this console has that identity. Ask an admin to add you.",
    {
      reason: "no_person",
    },
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
