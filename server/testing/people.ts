import { randomUUID } from "node:crypto";
import type { Db } from "#db/client.ts";
import { person, roleGrant } from "#db/schema/person.ts";
import type { Clock } from "#server/clock.ts";
import type { Role } from "#server/domain/person/states.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { findActor, openSession } from "#server/services/person/session.ts";

export interface SignedIn {
  actor: PersonActor;
  /** What the cookie carries. */
  secret: string;
}

/** A person with these roles and no session. */
export async function addPerson(
  db: Db,
  of: { name: string; roles: readonly Role[]; email?: string; passwordHash?: string; at?: Date },
): Promise<{ id: string; name: string; email: string }> {
  const id = randomUUID();
  const at = of.at ?? new Date();
  const email = of.email ?? `${of.name.toLowerCase().replaceAll(" ", ".")}.${id.slice(0, 8)}@example.org`;
  const passwordHash = of.passwordHash ?? null;
  await db.insert(person).values({ id, email, name: of.name, passwordHash, createdAt: at });
  if (of.roles.length > 0) {
    const grants = of.roles.map((role) => ({ id: randomUUID(), personId: id, role, grantedAt: at }));
    await db.insert(roleGrant).values(grants);
  }
  return { id, name: of.name, email };
}

/** Signs a person in by a session row of the real making, and reads the actor back as a request would. */
export async function signInAs(
  given: { db: Db; clock: Clock },
  who: { id: string; name: string },
): Promise<SignedIn> {
  const { sessionSecret } = await given.db.transaction((tx) =>
    openSession(tx, {
      clock: given.clock,
      personId: who.id,
      personName: who.name,
      method: "password",
      userAgent: null,
      steppedUpAt: given.clock(),
      replaces: null,
    }),
  );
  const { db, clock } = given;
  const actor = await findActor({ db, clock, isActivity: false }, sessionSecret);
  if (actor === null) throw new Error(`${who.name} has no live session.`);
  return { actor, secret: sessionSecret };
}
