import { encode } from "next-auth/jwt";
import { connection } from "#server/api/connection.ts";
import { sessionCookieName } from "#server/auth/session-cookie.ts";
import type { Role } from "#server/domain/person/states.ts";
import { webEnv } from "#server/env.ts";
import { type JobWorld, openJobWorld } from "./jobs.ts";
import { addPerson, type SignedIn, signInAs } from "./people.ts";

export const ORIGIN = "http://localhost:3999";

/** Sets the web process's environment; has to come before the first look at it. */
export function setWebEnvironment(databaseAppUrl: string, origin = ORIGIN): void {
  Object.assign(process.env, {
    COUNTERSIGN_URL: origin,
    NEXTAUTH_URL: origin,
    DATABASE_APP_URL: databaseAppUrl,
    AUTH_SECRET: "Zr8vQ2nLx0Tq5WcYp3Hs7Kd1Gf9Jb4MaUe6RtVyCwXo=",
  });
}

/** A job world that the web process's own code is connected to. Time is real: contexts take it from the machine. */
export async function openWeb(): Promise<JobWorld> {
  const world = await openJobWorld({ now: new Date() });
  setWebEnvironment(world.database.appUrl);
  return world;
}

export async function closeWeb(world: JobWorld): Promise<void> {
  await connection().close();
  await world.close();
}

/** A new person, signed in, with the Cookie header that a browser would send. */
export async function browserOf(
  world: JobWorld,
  ...roles: Role[]
): Promise<SignedIn & { cookie: string; personId: string }> {
  const who = await addPerson(world.db, { name: "Olga", roles, at: world.now });
  const signedIn = await signInAs(world, who);
  return { ...signedIn, personId: who.id, cookie: await cookieWith({ sid: signedIn.secret }) };
}

/** A cookie as next-auth makes it, around these claims. */
export async function cookieWith(
  token: Record<string, unknown>,
  given: { secret?: string; salt?: string } = {},
): Promise<string> {
  const value = await encode({ token, secret: given.secret ?? webEnv().authSecret, salt: given.salt ?? "" });
  return `${sessionCookieName()}=${value}`;
}
