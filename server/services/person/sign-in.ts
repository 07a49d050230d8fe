import { and, count, eq, gt } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person, signInAttempt } from "#db/schema/person.ts";
import type { Clock } from "#server/clock.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { signInSchema } from "#server/domain/person/schema.ts";
import { appendAudit } from "../audit/append.ts";
import { THROTTLE } from "./limits.ts";
import { passwordMatches } from "./password.ts";
import { openSession } from "./session.ts";

export interface SignInContext {
  db: Db;
  clock: Clock;
  address: string;
  userAgent: string | null;
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
  if (await isThrottled(ctx, email)) {
    await recordFailure(ctx, email, "throttled");
    throw new DomainError("limit", "Too many failed sign-ins. Wait a quarter of an hour, then try again.", {
      reason: "throttled",
    });
  }
  const [row] = input.success ? await ctx.db.select().from(person).where(eq(person.email, email)) : [];
  const matches = await passwordMatches(input.success ? input.data.password : "", row?.passwordHash ?? null);
  if (!row || !matches || row.disabledAt !== null) {
    await recordFailure(ctx, email, "refused");
    throw new DomainError("unauthenticated", "The e-mail address or the password is not right.", {
      reason: "refused",
    });
  }
  return ctx.db.transaction(async (tx) => {
    await insertAttempt(tx, ctx, { email, succeeded: true });
    return openSession(tx, { ...ctx, personId: row.id, personName: row.name, method: "password" });
  });
}

async function isThrottled(ctx: SignInContext, email: string): Promise<boolean> {
  const since = new Date(ctx.clock().getTime() - THROTTLE.windowMs);
  const failures = (column: typeof signInAttempt.email | typeof signInAttempt.address, value: string) =>
    ctx.db
      .select({ n: count() })
      .from(signInAttempt)
      .where(and(eq(column, value), gt(signInAttempt.at, since), eq(signInAttempt.succeeded, false)));
  const [byEmail] = await failures(signInAttempt.email, email);
  const [byAddress] = await failures(signInAttempt.address, ctx.address);
  return (byEmail?.n ?? 0) >= THROTTLE.failuresPerEmail || (byAddress?.n ?? 0) >= THROTTLE.failuresPerAddress;
}

async function recordFailure(ctx: SignInContext, email: string, reason: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await insertAttempt(tx, ctx, { email, succeeded: false });
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

async function insertAttempt(
  tx: Tx,
  ctx: SignInContext,
  attempt: { email: string; succeeded: boolean },
): Promise<void> {
  await tx.insert(signInAttempt).values({ ...attempt, address: ctx.address, at: ctx.clock() });
}
