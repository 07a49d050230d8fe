import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "#server/api/root.ts";

export type Api = TRPCClient<AppRouter>;

/** A signed-in person, as any client of the public API is: a cookie, the origin, and the header of our pages. */
export interface Visitor {
  name: string;
  api: Api;
  /** The Cookie header of the sign-in, for pages. */
  cookie: string;
}

/** Signs in with a password through the same endpoints as the page. Throws when it is refused. */
export async function signIn(
  origin: string,
  person: { email: string; name: string; password: string },
): Promise<Visitor> {
  const csrf = await fetch(`${origin}/api/auth/csrf`);
  const { csrfToken } = csrfAnswer(await csrf.json());
  const answer = await fetch(`${origin}/api/auth/callback/password`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookiesOf(csrf) },
    body: new URLSearchParams({ csrfToken, email: person.email, password: person.password, json: "true" }),
  });
  const cookie = cookiesOf(answer);
  if (!cookie.includes("session-token=")) throw new Error(`${person.email} was refused at ${origin}.`);
  return { name: person.name, api: apiOf(origin, cookie), cookie };
}

function apiOf(origin: string, cookie: string): Api {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${origin}/api/trpc`,
        transformer: superjson,
        headers: { cookie, origin, "x-countersign": "1" },
      }),
    ],
  });
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0] ?? "")
    .join("; ");
}

function csrfAnswer(body: unknown): { csrfToken: string } {
  if (
    typeof body === "object" &&
    body !== null &&
    "csrfToken" in body &&
    typeof body.csrfToken === "string"
  ) {
    return { csrfToken: body.csrfToken };
  }
  throw new Error("The console did not answer with a CSRF token.");
}
