import type { SandboxToken } from "./token.ts";
import type { World } from "./world.ts";

export interface SandboxRequest {
  method: string;
  /** Path inside the service, without the service's prefix: "/v3/users/abc". */
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  /** Names are lower-case. */
  headers: Record<string, string | undefined>;
  /** Parsed JSON, a Buffer for any other content type, or undefined without a body. */
  body: unknown;
  /** The validated X-Auth-Token; null on public routes without one. */
  token: SandboxToken | null;
  requestId: string;
  now: Date;
}

export interface SandboxResponse {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  text?: { contentType: string; content: string };
}

/** Handlers are synchronous, so one request sees and leaves the world whole. */
export type Handler = (request: SandboxRequest, world: World) => SandboxResponse;

export interface Route {
  method: string;
  /** "/v2.1/os-quota-sets/:projectId"; parameters match one path segment. */
  pattern: string;
  handler: Handler;
  isPublic?: boolean;
}

export interface Service {
  type: "identity" | "compute" | "image" | "network" | "container-infra" | "hypervisor";
  name: "keystone" | "nova" | "glance" | "neutron" | "magnum" | "pve";
  prefix: string;
  /** Appended to origin and prefix for the service catalog. */
  endpointPath: string;
  routes: readonly Route[];
  /** Its routes look at tokens of their own; what is no route is not found, whoever asks. */
  hasOwnTokens?: true;
  unauthorized: (request: SandboxRequest) => SandboxResponse;
  notFound: (request: SandboxRequest) => SandboxResponse;
}

export interface RouteMatch {
  route: Route;
  params: Record<string, string>;
}

/** The first route, in order, whose method and pattern fit; HEAD falls back to GET. */
export function findRoute(routes: readonly Route[], method: string, path: string): RouteMatch | null {
  const segments = splitPath(path);
  const methods = method === "HEAD" ? ["HEAD", "GET"] : [method];
  for (const wanted of methods) {
    for (const route of routes) {
      if (route.method !== wanted) continue;
      const params = matchSegments(splitPath(route.pattern), segments);
      if (params !== null) return { route, params };
    }
  }
  return null;
}

function splitPath(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function matchSegments(pattern: string[], segments: string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decodeSegment(segment);
    else if (part !== segment) return null;
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A malformed escape names nothing; the raw text then matches no stored id.
    return segment;
  }
}
