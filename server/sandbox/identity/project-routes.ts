import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route, SandboxResponse } from "../kernel/router.ts";
import { deleteProjectAndBelongings } from "./deletion.ts";
import { listEffectiveRoles } from "./effective-roles.ts";
import { enforce } from "./enforce.ts";
import { conflict, identityError, notFound } from "./errors.ts";
import { findProjectTarget, findUserTarget, listTarget, newResourceTarget } from "./policy-targets.ts";
import { byId, listResponse, renderProject } from "./render.ts";
import { bodyOf, booleanOr, isFilterMatch, param, requireName, stringOr } from "./requests.ts";
import type { IdentityState, ProjectRecord } from "./state.ts";

const listProjects: Handler = (request, world) => {
  const { target, domainId } = listTarget(request.token);
  const refused = enforce(request, world, {
    action: "identity:list_projects",
    ...(target === undefined ? {} : { target }),
  });
  if (refused !== null) return refused;
  const projects = byId(world.identity.projects)
    .filter((project) => domainId === null || project.domainId === domainId)
    .filter((project) => isProjectMatch(request, project))
    .map((project) => renderProject(world, project));
  return listResponse(request, world, { projects });
};

function isProjectMatch(request: Parameters<Handler>[0], project: ProjectRecord): boolean {
  const { name, enabled } = project;
  return isFilterMatch(request, { name, enabled, domain_id: project.domainId, parent_id: project.parentId });
}

const getProject: Handler = (request, world) => {
  const id = param(request, "project_id");
  const refused = enforce(request, world, {
    action: "identity:get_project",
    target: findProjectTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  const project = world.identity.projects[id];
  return project === undefined
    ? notFound("project", id)
    : { status: 200, body: { project: renderProject(world, project) } };
};

const createProject: Handler = (request, world) => {
  const body = bodyOf(request, "project");
  const refused = enforce(request, world, {
    action: "identity:create_project",
    target: newResourceTarget("project", body),
  });
  if (refused !== null) return refused;
  const named = requireName(body);
  if (named.kind === "invalid") return named.response;
  const domainId = stringOr(body["domain_id"], "default");
  if (world.identity.domains[domainId] === undefined) {
    return identityError(400, `Could not find domain: ${domainId}.`);
  }
  const id = newHexId();
  if (findProjectByName(world.identity, named.name, domainId) !== null)
    return duplicateProject(named.name, id);
  const tags = Array.isArray(body["tags"]) ? body["tags"].filter((tag) => typeof tag === "string") : [];
  const project: ProjectRecord = {
    id,
    name: named.name,
    domainId,
    parentId: stringOr(body["parent_id"], domainId),
    description: stringOr(body["description"], ""),
    enabled: booleanOr(body["enabled"], true),
    tags,
  };
  world.identity.projects[id] = project;
  return { status: 201, body: { project: renderProject(world, project) } };
};

const updateProject: Handler = (request, world) => {
  const id = param(request, "project_id");
  const refused = enforce(request, world, {
    action: "identity:update_project",
    target: findProjectTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  const project = world.identity.projects[id];
  if (project === undefined) return notFound("project", id);
  const body = bodyOf(request, "project");
  const name = stringOr(body["name"], project.name);
  const holder = findProjectByName(world.identity, name, project.domainId);
  if (holder !== null && holder.id !== id) return duplicateProject(name, id);
  project.name = name;
  project.description = stringOr(body["description"], project.description);
  project.enabled = booleanOr(body["enabled"], project.enabled);
  return { status: 200, body: { project: renderProject(world, project) } };
};

const deleteProject: Handler = (request, world) => {
  const id = param(request, "project_id");
  const refused = enforce(request, world, {
    action: "identity:delete_project",
    target: findProjectTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  if (world.identity.projects[id] === undefined) return notFound("project", id);
  deleteProjectAndBelongings(world.identity, id);
  return { status: 204 };
};

const listUserProjects: Handler = (request, world) => {
  const id = param(request, "user_id");
  const refused = enforce(request, world, {
    action: "identity:list_user_projects",
    target: findUserTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  const projects = listProjectsOf(world.identity, id)
    .filter((project) => isProjectMatch(request, project))
    .map((project) => renderProject(world, project));
  return listResponse(request, world, { projects });
};

/** Enabled projects on which the user holds a role. */
export function listProjectsOf(state: IdentityState, userId: string): ProjectRecord[] {
  return byId(state.projects).filter(
    (project) =>
      project.enabled && listEffectiveRoles(state, userId, { kind: "project", id: project.id }).length > 0,
  );
}

export function findProjectByName(
  state: IdentityState,
  name: string,
  domainId: string,
): ProjectRecord | null {
  const projects = Object.values(state.projects);
  return projects.find((project) => project.name === name && project.domainId === domainId) ?? null;
}

/** Keystone names the id it meant to give the new project, not that of the existing one. */
function duplicateProject(name: string, id: string): SandboxResponse {
  return conflict(
    "project",
    "it is not permitted to have two projects with either the same name or same id in the same domain: " +
      `name is ${name}, project id ${id}`,
  );
}

export const projectRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/projects", handler: listProjects },
  { method: "POST", pattern: "/v3/projects", handler: createProject },
  { method: "GET", pattern: "/v3/projects/:project_id", handler: getProject },
  { method: "PATCH", pattern: "/v3/projects/:project_id", handler: updateProject },
  { method: "DELETE", pattern: "/v3/projects/:project_id", handler: deleteProject },
  { method: "GET", pattern: "/v3/users/:user_id/projects", handler: listUserProjects },
];
