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
  const { email, name, password } = person;
  const cookie = await prove(origin, { way: "password", fields: { email, password } });
  if (cookie === null) throw new Error(`${email} was refused at ${origin}.`);
  const held = { cookie };
  const again = async () => {
    const fresh = await prove(origin, { way: "step-up", fields: { password }, cookie: held.cookie });
    if (fresh === null)
      throw new Error(`The password of ${email} was refused at ${origin} when asked again.`);
    held.cookie = fresh;
  };
  return {
    name,
    api: apiOf(origin, held, again),
    get cookie() {
      return held.cookie;
    },
  };
}

/** Goes through one of the sign-in flows; answers the Cookie header of the session that it made, or null. */
async function prove(
  origin: string,
  given: { way: "password" | "step-up"; fields: Record<string, string>; cookie?: string },
): Promise<string | null> {
  const csrf = await fetch(`${origin}/api/auth/csrf`);
  const { csrfToken } = csrfAnswer(await csrf.json());
  const cookie = [cookiesOf(csrf), ...(given.cookie === undefined ? [] : [given.cookie])].join("; ");
  const answer = await fetch(`${origin}/api/auth/callback/${given.way}`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie },
    body: new URLSearchParams({ ...given.fields, csrfToken, json: "true" }),
  });
  const made = cookiesOf(answer);
  return made.includes("session-token=") ? made : null;
}

/** A client that, as a person does, enters the password again when an act asks for it. */
function apiOf(origin: string, held: { cookie: string }, again: () => Promise<void>): Api {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${origin}/api/trpc`,
        transformer: superjson,
        headers: { origin, "x-countersign": "1" },
        fetch: async (url, init) => {
          const headers = new Headers(init?.headers);
          const send = () => {
            headers.set("cookie", held.cookie);
            const { method = "GET", body = null, signal = null } = init ?? {};
            return fetch(url, { method, body, signal, headers });
          };
          const answer = await send();
          if (answer.status !== 403 || !(await answer.clone().text()).includes("step_up_required"))
            return answer;
          await again();
          return send();
        },
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
