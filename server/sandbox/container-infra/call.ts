import type { Handler, SandboxRequest, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { SandboxToken } from "#server/sandbox/kernel/token.ts";
import { isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { faultDocument, MagnumFault } from "./faults.ts";
import type { ContainerInfraState } from "./state.ts";

/** The newest container-infra microversion of the Zed release. */
const MAX_MINOR = 10;

/** One authenticated call to the container infrastructure API. */
export interface MagnumCall {
  request: SandboxRequest;
  world: World;
  state: ContainerInfraState;
  token: SandboxToken;
  /** Null for a token that is not scoped to a project. */
  projectId: string | null;
  /** Magnum takes role admin in any scope for an administrator. */
  isAdmin: boolean;
}

export function magnum(answer: (call: MagnumCall) => SandboxResponse): Handler {
  return (request, world) => {
    const { token } = request;
    if (token === null) throw new Error("Magnum's own routes are never public.");
    const call: MagnumCall = {
      request,
      world,
      state: world.containerInfra,
      token,
      projectId: token.scope.kind === "project" ? token.scope.projectId : null,
      isAdmin: token.roles.some((role) => role.name === "admin"),
    };
    try {
      const minor = readMinor(request);
      const response = answer(call);
      return { ...response, headers: { ...versionHeaders(minor), ...response.headers } };
    } catch (error) {
      if (!(error instanceof MagnumFault)) throw error;
      return {
        status: error.status,
        headers: versionHeaders(readMinorOrLowest(request)),
        body: faultDocument(error),
      };
    }
  };
}

export function readBody(call: MagnumCall): JsonObject {
  const { body } = call.request;
  if (isJsonObject(body)) return body;
  throw new MagnumFault(400, "Invalid input for field/attribute body. Mandatory field missing.");
}

function versionHeaders(minor: number): Record<string, string> {
  return { "OpenStack-API-Version": `container-infra 1.${minor}`, Vary: "OpenStack-API-Version" };
}

function readMinor(request: SandboxRequest): number {
  const version = askedVersion(request);
  if (version === "latest") return MAX_MINOR;
  const minor = Number(/^1\.(\d+)$/.exec(version)?.[1] ?? "0");
  if (minor >= 1 && minor <= MAX_MINOR) return minor;
  throw new MagnumFault(
    406,
    `Version ${version} was requested but the minor version is not supported by this service. ` +
      `The supported version range is: [1.1, 1.${MAX_MINOR}].`,
  );
}

function readMinorOrLowest(request: SandboxRequest): number {
  const version = askedVersion(request);
  if (version === "latest") return MAX_MINOR;
  const minor = Number(/^1\.(\d+)$/.exec(version)?.[1] ?? "1");
  return minor >= 1 && minor <= MAX_MINOR ? minor : 1;
}

function askedVersion(request: SandboxRequest): string {
  const header = request.headers["openstack-api-version"] ?? "";
  return /(?:^|,)\s*container-infra\s+([^,\s]+)/.exec(header)?.[1] ?? "1.1";
}
