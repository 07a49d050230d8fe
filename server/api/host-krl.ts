import { createHash } from "node:crypto";
import type { Db } from "#db/client.ts";
import { readKrl } from "#server/services/certificate/krl.ts";
import { isBearer } from "#server/services/decider/bearer.ts";

/** Whoever reaches the console may have the list: it says which serial numbers are revoked, and nothing else. */
export const PUBLIC_KRL = "public";

/**
 * The revocation list for a host that asks by itself: with the token as `Authorization: Bearer`, or without one where
 * the list is public. The ETag is of the list's bytes, which change only when the list does; a host that has them already
 * is answered with 304.
 */
export async function serveKrlToHost(
  request: Request,
  of: { db: Db; token: string; now: Date },
): Promise<Response> {
  const { token } = of;
  if (token !== PUBLIC_KRL && !isBearer(token, request.headers.get("authorization"))) {
    return Response.json(
      { error: { message: "Give the token for the revocation list." } },
      { status: 401, headers: { "www-authenticate": "Bearer", "cache-control": "no-store" } },
    );
  }
  const bytes = new Uint8Array(await readKrl(of.db, of.now));
  const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
  const headers = { etag, "cache-control": "no-cache", "x-content-type-options": "nosniff" };
  if (hasSame(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers });
  return new Response(bytes, {
    headers: {
      ...headers,
      "content-type": "application/octet-stream",
      "content-length": String(bytes.length),
      "content-disposition": 'attachment; filename="countersign_krl"',
    },
  });
}

/** RFC 9110, 13.1.2: a list of tags, weak ones counting as well, or a star. */
function hasSame(header: string | null, etag: string): boolean {
  const tags = (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
