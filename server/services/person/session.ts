import { createHash, randomBytes, randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person, roleGrant, session } from "#db/schema/person.ts";
import type { Clock } from "#server/clock.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { appendAudit } from "../audit/append.ts";
import { ACTIVITY_STEP_MS, SESSION_IDLE_MS, SESSION_MAX_MS } from "./limits.ts";

/** Starts a session and audits it. The secret goes into the cookie; only its hash is stored. */
export async function openSession(
  tx: Tx,
  given: {
    clock: Clock;
    personId: string;
    personName: string;
    method: "password" | "oidc";
    userAgent: string | null;
  },
): Promise<{ personId: string; sessionSecret: string }> {
  const at = given.clock();
  const sessionSecret = randomBytes(32).toString("base64url");
  const id = randomUUID();
  await tx.insert(session).values({
    idHash: hashSecret(sessionSecret),
    id,
    personId: given.personId,
    createdAt: at,
    lastActiveAt: at,
    expiresAt: new Date(at.getTime() + SESSION_MAX_MS),
    userAgent: given.userAgent?.slice(0, 400) ?? null,
  });
  await appendAudit(tx, {
    actor: {
      kind: "person",
      personId: given.personId,
      sessionId: id,
      name: given.personName,
      email: "",
      roles: [],
    },
    at,
    action: "session.start",
    outcome: "done",
    objectKind: "session",
    objectId: id,
    details: { method: given.method },
  });
  return { personId: given.personId, sessionSecret };
}

/**
 * The person behind a cookie, read from the database on every request: an ended session, a disabled person or a revoked
 * role counts at once. `isActivity` is false for streams and polls, which do not keep a session alive.
 */
export async function findActor(
  given: { db: Db; clock: Clock; isActivity: boolean },
  sessionSecret: string,
): Promise<PersonActor | null> {
  const idHash = hashSecret(sessionSecret);
  const rows = await given.db
    .select({ session, person, role: roleGrant.role })
    .from(session)
    .innerJoin(person, eq(person.id, session.personId))
    .leftJoin(roleGrant, and(eq(roleGrant.personId, person.id), isNull(roleGrant.revokedAt)))
    .where(eq(session.idHash, idHash));
  const first = rows[0];
  const now = given.clock();
  if (!first || !isLive(first.session, now) || first.person.disabledAt !== null) return null;
  if (given.isActivity && now.getTime() - first.session.lastActiveAt.getTime() > ACTIVITY_STEP_MS) {
    await given.db.update(session).set({ lastActiveAt: now }).where(eq(session.idHash, idHash));
  }
  return {
    kind: "person",
    personId: first.person.id,
    sessionId: first.session.id,
    name: first.person.name,
    email: first.person.email,
    roles: rows.flatMap(({ role }) => (role === null ? [] : [role])),
  };
}

/** Ends one session, as its own person. Ending an ended one is nothing. */
export async function endOwnSession(ctx: { db: Db; clock: Clock }, sessionSecret: string): Promise<void> {
  const actor = await findActor({ ...ctx, isActivity: false }, sessionSecret);
  if (!actor) return;
  await ctx.db.transaction(async (tx) => {
    const at = ctx.clock();
    await tx
      .update(session)
      .set({ endedAt: at, endedReason: "signed out" })
      .where(and(eq(session.id, actor.sessionId), isNull(session.endedAt)));
    await appendAudit(tx, {
      actor,
      at,
      action: "session.end_own",
      outcome: "done",
      objectKind: "session",
      objectId: actor.sessionId,
      details: {},
    });
  });
}

function isLive(row: typeof session.$inferSelect, now: Date): boolean {
  return (
    row.endedAt === null &&
    now < row.expiresAt &&
    now.getTime() - row.lastActiveAt.getTime() < SESSION_IDLE_MS
  );
}

function hashSecret(secret: string): string {
  return createHash("sha256").update(secret, "utf8").digest("hex");
}
