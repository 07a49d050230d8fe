import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { session } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { STEP_UP_MAX_MS } from "./limits.ts";
import { findActor } from "./session.ts";
import { signIn, type SignInContext } from "./sign-in.ts";

/** Refuses, with `step_up_required`, whoever has not proven in this session within five minutes who they are. */
export async function requireStepUp(tx: Tx, person: PersonActor, at: Date): Promise<void> {
  const [row] = await tx
    .select({ steppedUpAt: session.steppedUpAt })
    .from(session)
    .where(eq(session.id, person.sessionId));
  const age = row?.steppedUpAt ? at.getTime() - row.steppedUpAt.getTime() : Infinity;
  if (age >= 0 && age <= STEP_UP_MAX_MS) return;
  throw new DomainError(
    "forbidden",
    "Prove once more that it is you: this takes a sign-in of the last five minutes. Nothing was changed.",
    { reason: "step_up_required" },
  );
}

/**
 * Proves by password who is at the keyboard: like a sign-in, as slow and as throttled, but only as the person who is
 * signed in already. The session is replaced by a new one, and the old one is dead.
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
  return signIn(ctx, { email: actor.email, password });
}
