import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { session } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { hasPasskey } from "../passkey/rows.ts";
import { STEP_UP_MAX_MS } from "./limits.ts";
import { findActor } from "./session.ts";
import { signIn, type SignInContext } from "./sign-in.ts";

/**
 * Refuses, with `step_up_required`, whoever has not proven in this session within five minutes who they are. Whoever has a
 * passkey proves it by a passkey: a password that was overheard or guessed is then not enough.
 */
export async function requireStepUp(tx: Tx, person: PersonActor, at: Date): Promise<void> {
  const [row] = await tx
    .select({ steppedUpAt: session.steppedUpAt, steppedUpBy: session.steppedUpBy })
    .from(session)
    .where(eq(session.id, person.sessionId));
  const age = row?.steppedUpAt ? at.getTime() - row.steppedUpAt.getTime() : Infinity;
  const needsPasskey = await hasPasskey(tx, person.personId);
  const isStrongEnough = !needsPasskey || row?.steppedUpBy === "passkey";
  if (isStrongEnough && age >= 0 && age <= STEP_UP_MAX_MS) return;
  throw new DomainError(
    "forbidden",
    needsPasskey
      ? "Prove with your passkey that it is you: this takes a proof of the last five minutes. Nothing was changed."
      : "Prove once more that it is you: this takes a sign-in of the last five minutes. Nothing was changed.",
    { reason: "step_up_required" },
  );
}

/**
 * Proves by password who is at the keyboard: like a sign-in, as slow and as throttled, but only as the person who is
 * signed in already, and not when they have a passkey. The session is replaced by a new one, and the old one is dead.
 */
export async function stepUp(
  ctx: SignInContext,
  password: string,
): Promise<{ personId: string; sessionSecret: string }> {
  const actor = ctx.replaces === null ? null : await findActor({ ...ctx, isActivity: true }, ctx.replaces);
  if (actor === null) {
    throw new DomainError("unauthenticated", "You are signed out. Sign in to go on.", {
      reason: "signed_out",
    });
  }
  if (await hasPasskey(ctx.db, actor.personId)) {
    throw new DomainError("forbidden", "You have a passkey, and the password alone no longer does. Use it.", {
      reason: "passkey_needed",
    });
  }
  return signIn(ctx, { email: actor.email, password });
}
