import type { SandboxResponse } from "./router.ts";

/** A reserved name (RFC 6761): nothing answers there, so a client that follows it fails loudly. */
const FOREIGN_ORIGIN = "https://catalog.invalid:5000";

/** The same answer with every URL of this cloud moved to another origin. */
export function rewriteCatalogOrigin(response: SandboxResponse, origin: string): SandboxResponse {
  if (response.body === undefined) return response;
  const body: unknown = JSON.parse(JSON.stringify(response.body).replaceAll(origin, FOREIGN_ORIGIN));
  return { ...response, body };
}
