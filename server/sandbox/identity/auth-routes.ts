import type { Handler, Route, SandboxRequest, SandboxResponse } from "../kernel/router.ts";
import type { SandboxToken } from "../kernel/token.ts";
import type { World } from "../kernel/world.ts";
import { authenticate } from "./authenticate.ts";
import { listEffectiveRoles } from "./effective-roles.ts";
import { enforce } from "./enforce.ts";
import { identityError, unauthorized } from "./errors.ts";
import { listProjectsOf } from "./project-routes.ts";
import { byId, listResponse, renderDomain, renderProject } from "./render.ts";
import { renderCatalog, renderToken } from "./token-document.ts";
import { findIssuedToken, findValidToken, revokeToken } from "./token-store.ts";

const createToken: Handler = (request, world) => {
  const answer = authenticate(world, request.body, request.now);
  switch (answer.kind) {
    case "malformed":
      return identityError(400, answer.message);
    case "refused":
      return unauthorized(request);
    case "token": {
      const token = findIssuedToken(world, answer.tokenId, request.now);
      if (token === null) return unauthorized(request);
      return tokenResponse(world, { token, status: 201, hasCatalog: !request.query.has("nocatalog") });
    }
  }
};

interface TokenAnswer {
  token: SandboxToken;
  status: 200 | 201;
  hasCatalog: boolean;
}

function tokenResponse(world: World, { token, status, hasCatalog }: TokenAnswer): SandboxResponse {
  return { status, body: renderToken(world, token, hasCatalog), headers: { "X-Subject-Token": token.id } };
}

/** The token in X-Subject-Token, when policy lets the caller ask about it. */
function readSubject(request: SandboxRequest, world: World, action: string) {
  const subjectId = request.headers["x-subject-token"];
  const subject = subjectId === undefined ? null : findValidToken(world, subjectId, request.now);
  const target =
    subject === null
      ? {}
      : { token: { user_id: subject.userId, user: { domain: { id: subject.userDomainId } } } };
  const refused = enforce(request, world, { action, target });
  if (refused !== null) return { refused };
  return subject === null ? { refused: identityError(404, "Could not find token.") } : { subject };
}

const getToken: Handler = (request, world) => {
  const action = request.method === "HEAD" ? "identity:check_token" : "identity:validate_token";
  const read = readSubject(request, world, action);
  if (read.refused !== undefined) return read.refused;
  return tokenResponse(world, {
    token: read.subject,
    status: 200,
    hasCatalog: !request.query.has("nocatalog"),
  });
};

const deleteToken: Handler = (request, world) => {
  const read = readSubject(request, world, "identity:revoke_token");
  if (read.refused !== undefined) return read.refused;
  revokeToken(world.identity, read.subject.id);
  return { status: 204 };
};

const listAuthProjects: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:get_auth_projects" });
  if (refused !== null) return refused;
  const projects = listProjectsOf(world.identity, request.token?.userId ?? "");
  return listResponse(request, world, { projects: projects.map((project) => renderProject(world, project)) });
};

const listAuthDomains: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:get_auth_domains" });
  if (refused !== null) return refused;
  const userId = request.token?.userId ?? "";
  const domains = byId(world.identity.domains)
    .filter(
      ({ id, enabled }) =>
        enabled && listEffectiveRoles(world.identity, userId, { kind: "domain", id }).length > 0,
    )
    .map((domain) => renderDomain(world, domain));
  return listResponse(request, world, { domains });
};

const getAuthCatalog: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:get_auth_catalog" });
  if (refused !== null) return refused;
  return listResponse(request, world, { catalog: renderCatalog(world) });
};

export const authRoutes: readonly Route[] = [
  { method: "POST", pattern: "/v3/auth/tokens", handler: createToken, isPublic: true },
  { method: "GET", pattern: "/v3/auth/tokens", handler: getToken },
  { method: "DELETE", pattern: "/v3/auth/tokens", handler: deleteToken },
  { method: "GET", pattern: "/v3/auth/projects", handler: listAuthProjects },
  { method: "GET", pattern: "/v3/auth/domains", handler: listAuthDomains },
  { method: "GET", pattern: "/v3/auth/catalog", handler: getAuthCatalog },
];
