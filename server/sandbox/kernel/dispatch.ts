import { settleClusters } from "../container-infra/settle.ts";
import { rewriteCatalogOrigin } from "./catalog-origin.ts";
import type { StoredFault } from "./faults.ts";
import { findRoute, type SandboxRequest, type SandboxResponse, type Service } from "./router.ts";
import type { SandboxToken } from "./token.ts";
import type { World } from "./world.ts";

/** What the kernel needs from the identity service to authenticate a request. */
export interface TokenSource {
  findValidToken: (world: World, tokenId: string, now: Date) => SandboxToken | null;
  expireToken: (world: World, tokenId: string) => void;
}

export interface Dispatch {
  service: Service;
  request: Omit<SandboxRequest, "params" | "token">;
  faults: readonly StoredFault[];
}

/** Authenticates and runs one request. Pure of I/O: everything it changes is in the world. */
export function dispatch(input: Dispatch, world: World, tokens: TokenSource): SandboxResponse {
  const { service, faults } = input;
  const tokenId = input.request.headers["x-auth-token"];
  if (tokenId !== undefined && hasEffect(faults, "expire_token")) tokens.expireToken(world, tokenId);
  if (hasEffect(faults, "http500")) return internalError();
  if (hasEffect(faults, "http429"))
    return { status: 429, body: { error: { code: 429, message: "Too many requests." } } };
  if (hasEffect(faults, "without_nodes")) return withoutNodes();

  if (hasEffect(faults, "task_fails")) world.hypervisor.isNextTaskBad = true;
  const match = findRoute(service.routes, input.request.method, input.request.path);
  const token = tokenId === undefined ? null : tokens.findValidToken(world, tokenId, input.request.now);
  const request: SandboxRequest = { ...input.request, params: match?.params ?? {}, token };
  const isOpen = service.hasOwnTokens === true || match?.route.isPublic === true;
  if (token === null && !isOpen) return service.unauthorized(request);
  if (match === null) return service.notFound(request);
  // Any service may be asked about a cluster's trustee and trust, which go when the clock says so.
  settleClusters(world, request.now);
  const response = match.route.handler(request, world);
  return hasEffect(faults, "wrong_catalog_origin")
    ? rewriteCatalogOrigin(response, world.settings.origin)
    : response;
}

export function hasEffect(faults: readonly StoredFault[], effect: StoredFault["effect"]): boolean {
  return faults.some((fault) => fault.effect === effect);
}

export function internalError(): SandboxResponse {
  return {
    status: 500,
    body: {
      error: {
        code: 500,
        message: "An unexpected error prevented the server from fulfilling your request.",
        title: "Internal Server Error",
      },
    },
  };
}

/** Its answer holds a number of control plane nodes, which may not be 0: magnum/api/controllers/v1/cluster.py. */
function withoutNodes(): SandboxResponse {
  const detail =
    "Invalid input for field/attribute master_count. Value: '0'. Value should be greater or equal to 1";
  return {
    status: 400,
    body: { errors: [{ status: 400, code: "client", title: "Bad Request", detail, links: [] }] },
  };
}

export function malformedBody(): SandboxResponse {
  return {
    status: 400,
    body: {
      error: {
        code: 400,
        message:
          "Malformed JSON in request body. The server could not comply with the request since it is malformed.",
        title: "Bad Request",
      },
    },
  };
}
