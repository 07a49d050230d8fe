import type { SandboxRequest, SandboxResponse } from "../kernel/router.ts";

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
} as const;

/** Keystone's error document. */
export function identityError(status: keyof typeof TITLES, message: string): SandboxResponse {
  return { status, body: { error: { code: status, message, title: TITLES[status] } } };
}

/** One text for every failed authentication, so that it tells nothing. */
export function unauthorized(request: Pick<SandboxRequest, "headers">): SandboxResponse {
  return {
    ...identityError(401, "The request you have made requires authentication."),
    headers: {
      "WWW-Authenticate": `Keystone uri="https://${request.headers["host"] ?? "127.0.0.1"}/identity/v3"`,
    },
  };
}

export type ResourceKind =
  "domain" | "project" | "user" | "role" | "group" | "trust" | "credential" | "service";

export function notFound(kind: ResourceKind | "application credential" | "endpoint" | "region", id: string) {
  const noun = kind === "application credential" ? "Application Credential" : kind;
  return identityError(404, `Could not find ${noun}: ${id}.`);
}

/** The first line of what Keystone's JSON Schema validation answers. */
export function missingProperty(name: string): SandboxResponse {
  return identityError(400, `'${name}' is a required property\n\nFailed validating 'required' in schema`);
}

export function wrongType(value: unknown, type: string): SandboxResponse {
  return identityError(
    400,
    `${JSON.stringify(value) ?? "None"} is not of type '${type}'\n\nFailed validating 'type' in schema`,
  );
}

export function conflict(kind: string, detail: string): SandboxResponse {
  return identityError(409, `Conflict occurred attempting to store ${kind} - ${detail}.`);
}
