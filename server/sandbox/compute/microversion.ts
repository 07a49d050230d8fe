import type { Handler, SandboxRequest, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { SandboxToken } from "#server/sandbox/kernel/token.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { novaFault } from "./faults.ts";

/** The newest compute microversion of the Zed release. */
export const MAX_MINOR = 93;

/** One authenticated call to the compute API; `minor` is 10 for microversion 2.10. */
export interface NovaCall {
  request: SandboxRequest;
  world: World;
  token: SandboxToken;
  minor: number;
  /** Null for a token that is not scoped to a project. */
  projectId: string | null;
  /** Nova takes role admin in any scope for an administrator. */
  isAdmin: boolean;
}

/** Negotiates the microversion and adds Nova's response headers. */
export function nova(answer: (call: NovaCall) => SandboxResponse): Handler {
  return (request, world) => {
    const asked = readMinor(request);
    if (asked.kind === "unsupported") {
      return novaFault(
        406,
        `Version ${asked.version} is not supported by the API. Minimum is 2.1 and maximum is 2.${MAX_MINOR}.`,
      );
    }
    const { token } = request;
    if (token === null) throw new Error("Nova's own routes are never public.");
    const response = answer({
      request,
      world,
      token,
      minor: asked.minor,
      projectId: token.scope.kind === "project" ? token.scope.projectId : null,
      isAdmin: token.roles.some((role) => role.name === "admin"),
    });
    return {
      ...response,
      headers: { ...versionHeaders(asked.minor, request.requestId), ...response.headers },
    };
  };
}

export function versionHeaders(minor: number, requestId: string): Record<string, string> {
  return {
    "OpenStack-API-Version": `compute 2.${minor}`,
    "X-OpenStack-Nova-API-Version": `2.${minor}`,
    Vary: "OpenStack-API-Version, X-OpenStack-Nova-API-Version",
    "x-compute-request-id": requestId,
  };
}

type AskedVersion = { kind: "minor"; minor: number } | { kind: "unsupported"; version: string };

function readMinor(request: SandboxRequest): AskedVersion {
  const named = request.headers["openstack-api-version"]?.match(/(?:^|,)\s*compute\s+(\S+)/)?.[1];
  const version = named ?? request.headers["x-openstack-nova-api-version"] ?? "2.1";
  if (version === "latest") return { kind: "minor", minor: MAX_MINOR };
  const minor = Number(/^2\.(\d+)$/.exec(version)?.[1] ?? "0");
  return minor >= 1 && minor <= MAX_MINOR ? { kind: "minor", minor } : { kind: "unsupported", version };
}
