import { decode } from "next-auth/jwt";
import { webEnv } from "#server/env.ts";

/** Cookies of an https origin carry the `__Secure-` prefix, so that a plain-http neighbour cannot set them. */
export function sessionCookieName(): string {
  return cookieName("session-token");
}

/** next-auth's own: where to go after signing in. */
export function returnCookieName(): string {
  return cookieName("callback-url");
}

function cookieName(name: string): string {
  return `${webEnv().origin.startsWith("https:") ? "__Secure-" : ""}next-auth.${name}`;
}

/**
 * The session secret inside the sign-in cookie, or null. The cookie alone means nothing: the secret is looked up in the
 * database on every request.
 */
export async function readSessionSecret(cookieValue: string | undefined): Promise<string | null> {
  if (!cookieValue) return null;
  try {
    const token = await decode({ token: cookieValue, secret: webEnv().authSecret });
    return typeof token?.["sid"] === "string" ? token["sid"] : null;
  } catch {
    // A forged, truncated or foreign cookie is the same as none.
    return null;
  }
}

/** The value of one cookie of a Cookie header. */
export function findCookie(header: string | null, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (part.slice(0, at).trim() === name) return decoded(part.slice(at + 1).trim());
  }
  return undefined;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    // `%zz` is no value we ever set: the same as no cookie.
    return undefined;
  }
}
