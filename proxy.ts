import { randomBytes } from "node:crypto";
import { webEnv } from "#server/env.ts";
import { type NextRequest, NextResponse } from "next/server";

/**
 * Headers only. Nobody is let in or kept out here: procedures and pages ask the database themselves.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${webEnv().isProduction ? "" : " 'unsafe-eval'"}`,
    // Styles: element attributes set by positioned popovers and virtual lists; no style can run a script.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // A layout does not know its path; the frame needs it to come back after signing in.
  headers.set("x-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("x-frame-options", "DENY");
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.set("cache-control", "no-store");
  return response;
}

// What comes through here is held to 10 MB; a document on its way into the registers passes by, and is held there.
export const config = {
  matcher: ["/((?!_next/static|_next/image|icon.svg|api/registers/(?:preview|import)$).*)"],
};
