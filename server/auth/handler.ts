import NextAuth from "next-auth";
import { authOptions } from "./options.ts";

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

/** Serves `/api/auth`: next-auth's flows over our sessions. */
export async function handleAuth(request: Request, context: RouteContext): Promise<Response> {
  const facts = { address: addressOf(request), userAgent: request.headers.get("user-agent") };
  const { nextauth } = await context.params;
  const handler: (request: Request, context: { params: { nextauth: string[] } }) => Promise<Response> =
    NextAuth(authOptions(facts));
  return handler(request, { params: { nextauth } });
}

// The web listens on loopback or behind a proxy that sets this header; the throttle per account does not depend on it.
function addressOf(request: Request): string {
  return request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim().slice(0, 64) ?? "local";
}
