import { webEnv } from "#server/env.ts";

/** A refusal as every endpoint answers it: a sentence, and never kept by anybody on the way. */
export function refuse(status: number, message: string): Response {
  return Response.json({ error: { message } }, { status, headers: { "cache-control": "no-store" } });
}

/** A change needs this console's origin and a header that no plain form can send; null when it has both. */
export function refuseForeignOrigin(request: Request): Response | null {
  const { origin } = webEnv();
  if (request.headers.get("origin") === origin && request.headers.get("x-countersign") === "1") return null;
  return refuse(403, `This request did not come from a page of ${origin}. Nothing was changed.`);
}
