import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import type { Clock } from "#server/clock.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { signInSchema } from "#server/domain/person/schema.ts";
import { appendAudit } from "../audit/append.ts";
import { countFailures, insertAttempt } from "./attempts.ts";
import { THROTTLE } from "./limits.ts";
import { passwordMatches } from "./password.ts";
import { openSession } from "./session.ts";

export interface SignInContext {
  db: Db;
  clock: Clock;
  address: string;
  userAgent: string | null;
  /** Secret of the session that the browser has at this moment; signing in ends it. */
  replaces: string | null;
}

/**
 * Signs a local person in. Every failure has the same words and takes the same time; too many in a row are refused
 * before the password is looked at.
 */
export async function signIn(
  ctx: SignInContext,
  raw: { email: string; password: string },
): Promise<{ personId: string; sessionSecret: string }> {
  const input = signInSchema.safeParse(raw);
  const email = input.success ? input.data.email : "(not an address)";
  const keys = [`email ${email}`, `address ${ctx.address}`] as const;
  const pending = { ofEmail: enter(keys[0]), ofAddress: enter(keys[1]) };
  try {
    if (await isThrottled(ctx, email, pending)) {
      await recordFailure(ctx, email, "throttled");
      throw new DomainError("limit", "Too many failed sign-ins. Wait a quarter of an hour, then try again.", {
        reason: "throttled",
      });
    }
    const made = await findAndOpen(ctx, email, input.success ? input.data.password : null);
    if (made) return made;
    await recordFailure(ctx, email, "refused");
    throw new DomainError("unauthenticated", "The e-mail address or the password is not right.", {
      reason: "refused",
    });
  } finally {
    keys.forEach(leave);
  }
}

/** A new session when the password is right and the person may sign in; null after the same work when not. */
async function findAndOpen(ctx: SignInContext, email: string, password: string | null) {
  const [row] = password === null ? [] : await ctx.db.select().from(person).where(eq(person.email, email));
  const matches = await passwordMatches(password ?? "", row?.passwordHash ?? null);
  if (!row || !matches) return null;
  return ctx.db.transaction(async (tx) => {
    // Locked: somebody disabled meanwhile gets no session that would live again when he is enabled.
    const [present] = await tx.select().from(person).where(eq(person.id, row.id)).for("share");
    if (!present || present.disabledAt !== null) return null;
    await insertAttempt(tx, { email, address: ctx.address, succeeded: true, at: ctx.clock() });
    return openSession(tx, {
      ...ctx,
      personId: row.id,
      personName: row.name,
      method: "password",
      steppedUpAt: ctx.clock(),
    });
  });
}

/** Attempts of this process whose end is not written yet; a burst would get past the count of the written ones. */
const underWay = new Map<string, number>();

/** Enters an attempt and answers how many were under way before it. */
function enter(key: string): number {
  const before = underWay.get(key) ?? 0;
  underWay.set(key, before + 1);
  return before;
}

function leave(key: string): void {
  const left = (underWay.get(key) ?? 1) - 1;
  if (left > 0) underWay.set(key, left);
  else underWay.delete(key);
}

async function isThrottled(
  ctx: SignInContext,
  email: string,
  pending: { ofEmail: number; ofAddress: number },
): Promise<boolean> {
  const at = ctx.clock();
  const byEmail = await countFailures(ctx.db, { column: "email", value: email, at });
  const byAddress = await countFailures(ctx.db, { column: "address", value: ctx.address, at });
  return (
    byEmail + pending.ofEmail >= THROTTLE.failuresPerEmail ||
    byAddress + pending.ofAddress >= THROTTLE.failuresPerAddress
  );
}

/** An attempt that was refused unread is audited and not counted: waiting helps, whoever keeps trying. */
async function recordFailure(
  ctx: SignInContext,
  email: string,
  reason: "refused" | "throttled",
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    if (reason === "refused")
      await insertAttempt(tx, { email, address: ctx.address, succeeded: false, at: ctx.clock() });
    await appendAudit(tx, {
      actor: { kind: "anonymous", address: ctx.address },
      at: ctx.clock(),
      action: "session.start",
      outcome: "denied",
      objectKind: "person",
      objectId: email,
      details: { reason },
    });
  });
}
