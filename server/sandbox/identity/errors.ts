import type { SandboxResponse } from "../kernel/router.ts";

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

export function unauthorized(): SandboxResponse {
  return identityError(401, "The request you have made requires authentication.");
}
