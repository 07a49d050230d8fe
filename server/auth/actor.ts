import type { Connection } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { findActor } from "#server/services/person/session.ts";
import { findCookie, readSessionSecret, sessionCookieName } from "./session-cookie.ts";

/** The signed-in person behind a request's cookies, from the database. The only way a request gets an actor. */
export async function actorOfRequest(
  given: { connection: Connection; clock: Clock; isActivity: boolean },
  cookieHeader: string | null,
): Promise<PersonActor | null> {
  const secret = await readSessionSecret(findCookie(cookieHeader, sessionCookieName()));
  if (secret === null) return null;
  return findActor({ db: given.connection.db, clock: given.clock, isActivity: given.isActivity }, secret);
}
