import NextAuth from "next-auth";
import { findCookie, readSessionSecret, returnCookieName, sessionCookieName } from "./session-cookie.ts";
import { authOptions } from "./options.ts";

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

/** An e-mail address, a password and a token; more is nothing of ours. */
const BODY_MAX_BYTES = 64 * 1024;

/** Serves `/api/auth`: next-auth's flows over our sessions. */
export async function handleAuth(request: Request, context: RouteContext): Promise<Response> {
  if (isTooLarge(request)) {
    return Response.json({ error: { message: "The request is too large." } }, { status: 413 });
  }
  const cookies = request.headers.get("cookie");
  const facts = {
    address: addressOf(request),
    userAgent: request.headers.get("user-agent"),
    replaces: await readSessionSecret(findCookie(cookies, sessionCookieName())),
    returnTo: findCookie(cookies, returnCookieName()) ?? null,
  };
  const { nextauth } = await context.params;
  const handler: (request: Request, context: { params: { nextauth: string[] } }) => Promise<Response> =
    NextAuth(authOptions(facts));
  return handler(request, { params: { nextauth } });
}

// Node's parser holds a body to its content-length; one sent without it (chunked) could have any size.
function isTooLarge(request: Request): boolean {
  if (request.method === "GET") return false;
  const length = request.headers.get("content-length");
  return length === null ? request.body !== null : Number(length) > BODY_MAX_BYTES;
}

// What the nearest hop wrote last: the trusted proxy, or this process's own listener (supervisor/peer-address.ts).
function addressOf(request: Request): string {
  return request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim().slice(0, 64) ?? "local";
}
