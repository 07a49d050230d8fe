import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route } from "../kernel/router.ts";
import { findDomainTarget } from "./policy-targets.ts";
import { enforce } from "./enforce.ts";
import { conflict, identityError, notFound } from "./errors.ts";
import { deleteDomainAndContents } from "./deletion.ts";
import { byId, listResponse, renderDomain } from "./render.ts";
import { bodyOf, booleanOr, isFilterMatch, param, requireName, stringOr } from "./requests.ts";
import type { DomainRecord, IdentityState } from "./state.ts";
import { killTokensOf } from "./token-store.ts";

const listDomains: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:list_domains" });
  if (refused !== null) return refused;
  // Zed does not narrow this list to the caller's own domain.
  const domains = byId(world.identity.domains)
    .filter(({ name, enabled }) => isFilterMatch(request, { name, enabled }))
    .map((domain) => renderDomain(world, domain));
  return listResponse(request, world, { domains });
};

const getDomain: Handler = (request, world) => {
  const id = param(request, "domain_id");
  const target = findDomainTarget(world.identity, id);
  const refused = enforce(request, world, { action: "identity:get_domain", target });
  if (refused !== null) return refused;
  const domain = world.identity.domains[id];
  return domain === undefined
    ? notFound("domain", id)
    : { status: 200, body: { domain: renderDomain(world, domain) } };
};

const createDomain: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:create_domain" });
  if (refused !== null) return refused;
  const body = bodyOf(request, "domain");
  const named = requireName(body);
  if (named.kind === "invalid") return named.response;
  if (findDomainByName(world.identity, named.name) !== null) return duplicateDomain(named.name);
  const domain: DomainRecord = {
    id: newHexId(),
    name: named.name,
    description: stringOr(body["description"], ""),
    enabled: booleanOr(body["enabled"], true),
  };
  world.identity.domains[domain.id] = domain;
  return { status: 201, body: { domain: renderDomain(world, domain) } };
};

const updateDomain: Handler = (request, world) => {
  const id = param(request, "domain_id");
  const refused = enforce(request, world, {
    action: "identity:update_domain",
    target: findDomainTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  const domain = world.identity.domains[id];
  if (domain === undefined) return notFound("domain", id);
  const body = bodyOf(request, "domain");
  const name = stringOr(body["name"], domain.name);
  const holder = findDomainByName(world.identity, name);
  if (holder !== null && holder.id !== id) return duplicateDomain(name);
  domain.name = name;
  domain.description = stringOr(body["description"], domain.description);
  const wasEnabled = domain.enabled;
  domain.enabled = booleanOr(body["enabled"], wasEnabled);
  if (wasEnabled && !domain.enabled) killTokensOfDomain(world.identity, id, request.now);
  return { status: 200, body: { domain: renderDomain(world, domain) } };
};

const deleteDomain: Handler = (request, world) => {
  const id = param(request, "domain_id");
  const refused = enforce(request, world, {
    action: "identity:delete_domain",
    target: findDomainTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  const domain = world.identity.domains[id];
  if (domain === undefined) return notFound("domain", id);
  if (domain.enabled) {
    return identityError(403, "Cannot delete a domain that is enabled, please disable it first.");
  }
  deleteDomainAndContents(world.identity, id);
  return { status: 204 };
};

export function findDomainByName(state: IdentityState, name: string): DomainRecord | null {
  return Object.values(state.domains).find((domain) => domain.name === name) ?? null;
}

function duplicateDomain(name: string) {
  return conflict(
    "project",
    `it is not permitted to have two projects acting as domains with the same name: ${name}`,
  );
}

function killTokensOfDomain(state: IdentityState, domainId: string, now: Date): void {
  for (const user of Object.values(state.users)) if (user.domainId === domainId) killTokensOf(user, now);
}

export const domainRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/domains", handler: listDomains },
  { method: "POST", pattern: "/v3/domains", handler: createDomain },
  { method: "GET", pattern: "/v3/domains/:domain_id", handler: getDomain },
  { method: "PATCH", pattern: "/v3/domains/:domain_id", handler: updateDomain },
  { method: "DELETE", pattern: "/v3/domains/:domain_id", handler: deleteDomain },
];
