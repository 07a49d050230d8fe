import type { SandboxRequest, SandboxResponse } from "./router.ts";

export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

/** `body[key]` when the body is an object holding an object there, else null. */
export function findObject(body: unknown, key: string): JsonObject | null {
  if (!isJsonObject(body)) return null;
  const value = body[key];
  return isJsonObject(value) ? value : null;
}

/** `source[key]` when it is a string, else null. */
export function findString(source: JsonObject, key: string): string | null {
  const value = source[key];
  return typeof value === "string" ? value : null;
}

/** keystonemiddleware's answer to a missing or invalid token (nova, neutron, magnum; glance differs). */
export function middlewareUnauthorized(request: SandboxRequest): SandboxResponse {
  return {
    status: 401,
    headers: keystoneChallenge(request),
    body: {
      error: {
        code: 401,
        title: "Unauthorized",
        message: "The request you have made requires authentication.",
      },
    },
  };
}

/** The header that tells a client where to get a token. */
export function keystoneChallenge(request: SandboxRequest): Record<string, string> {
  return { "WWW-Authenticate": `Keystone uri="https://${request.headers["host"] ?? "127.0.0.1"}/identity"` };
}

export function wantsJson(request: SandboxRequest): boolean {
  return (request.headers["accept"] ?? "").includes("application/json");
}
