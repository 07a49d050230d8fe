import { createHash, randomBytes, randomUUID } from "node:crypto";
import { and, eq, isNull, type SQL } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person, roleGrant, session } from "#db/schema/person.ts";
import type { Clock } from "#server/clock.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { Proof } from "#server/domain/passkey/states.ts";
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
    method: Proof;
    userAgent: string | null;
    /** When the person proved who they are; null when nobody knows. */
    steppedUpAt: Date | null;
    /** Secret of the session that the same browser had until now: it ends. */
    replaces: string | null;
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
    steppedUpAt: given.steppedUpAt,
    steppedUpBy: given.method,
  });
  if (given.replaces !== null) {
    await tx
      .update(session)
      .set({ endedAt: at, endedReason: "replaced by a new sign-in" })
      .where(and(eq(session.idHash, hashSecret(given.replaces)), isNull(session.endedAt)));
  }
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
  const rows = await selectSession(given.db, eq(session.idHash, idHash));
  const now = given.clock();
  const actor = liveActor(rows, now);
  const lastActiveAt = rows[0]?.session.lastActiveAt.getTime() ?? 0;
  if (actor && given.isActivity && now.getTime() - lastActiveAt > ACTIVITY_STEP_MS) {
    await given.db.update(session).set({ lastActiveAt: now }).where(eq(session.idHash, idHash));
  }
  return actor;
}

/**
 * The actor as he is inside a transaction, or `unauthenticated`. His row is locked before it is read, so a revocation
 * either waits for the act or comes before it.
 */
export async function reloadActor(tx: Tx, actor: PersonActor, at: Date): Promise<PersonActor> {
  // Sent together; the second sees what the lock was waited for.
  const [, rows] = await Promise.all([
    tx
      .select({ id: person.id })
      .from(person)
      .where(eq(person.id, actor.personId))
      .for("share")
      .prepare("actor_lock")
      .execute(),
    selectSession(tx, eq(session.id, actor.sessionId)).prepare("actor_session").execute(),
  ]);
  const present = liveActor(rows, at);
  if (present?.personId !== actor.personId) {
    throw new DomainError("unauthenticated", "You are signed out. Nothing was changed; sign in to go on.", {
      reason: "signed_out",
    });
  }
  return present;
}

function selectSession(db: Db | Tx, which: SQL) {
  return db
    .select({ session, person, role: roleGrant.role })
    .from(session)
    .innerJoin(person, eq(person.id, session.personId))
    .leftJoin(roleGrant, and(eq(roleGrant.personId, person.id), isNull(roleGrant.revokedAt)))
    .where(which);
}

/** The person of a session, one row per role; null when the session is over or the person disabled. */
function liveActor(rows: Awaited<ReturnType<typeof selectSession>>, now: Date): PersonActor | null {
  const [first] = rows;
  if (!first || !isLive(first.session, now) || first.person.disabledAt !== null) return null;
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
