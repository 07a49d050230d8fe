import type { SandboxToken } from "../kernel/token.ts";
import type { World } from "../kernel/world.ts";
import type { IdentityState } from "./state.ts";
import { findTokenRecord } from "./token-store.ts";

interface NamedReference {
  [key: string]: string;
  id: string;
  name: string;
}

/** The part of the token document that policy reads too: who, where and with which roles. */
export function describeToken(state: IdentityState, token: SandboxToken) {
  return {
    methods: token.methods,
    user: {
      domain: domainReference(state, token.userDomainId),
      id: token.userId,
      name: token.userName,
      password_expires_at: null,
    },
    ...describeScope(state, token),
    ...(token.scope.kind === "unscoped" ? {} : { roles: token.roles.map(({ id, name }) => ({ id, name })) }),
    ...(token.scope.kind === "project" ? { is_admin_project: token.isAdminProject } : {}),
  };
}

function describeScope(state: IdentityState, token: SandboxToken) {
  switch (token.scope.kind) {
    case "unscoped":
      return {};
    case "domain":
      return { domain: domainReference(state, token.scope.domainId) };
    case "project":
      return {
        project: {
          domain: domainReference(state, token.scope.projectDomainId),
          id: token.scope.projectId,
          name: state.projects[token.scope.projectId]?.name ?? "",
        },
        is_domain: false,
      };
  }
}

export function domainReference(state: IdentityState, id: string): NamedReference {
  return { id, name: state.domains[id]?.name ?? "" };
}

/** The document of POST and GET /v3/auth/tokens. */
export function renderToken(world: World, token: SandboxToken, hasCatalog: boolean) {
  const state = world.identity;
  const { methods, user, ...rest } = describeToken(state, token);
  const appCred = token.appCredId === null ? undefined : state.appCreds[token.appCredId];
  return {
    token: {
      methods,
      user,
      audit_ids: findTokenRecord(state, token.id)?.auditIds ?? [],
      expires_at: microseconds(token.expiresAt),
      issued_at: microseconds(token.issuedAt),
      ...rest,
      ...(hasCatalog && token.scope.kind !== "unscoped" ? { catalog: renderCatalog(world) } : {}),
      ...(appCred === undefined
        ? {}
        : {
            application_credential: { id: appCred.id, name: appCred.name, restricted: !appCred.unrestricted },
          }),
    },
  };
}

export function renderCatalog(world: World) {
  const { origin, region } = world.settings;
  return world.identity.catalog.map((entry) => ({
    endpoints: (["admin", "internal", "public"] as const).map((name) => ({
      id: entry.endpointIds[name],
      interface: name,
      region_id: region,
      url: `${origin}${entry.path}`,
      region,
    })),
    id: entry.serviceId,
    type: entry.type,
    name: entry.name,
  }));
}

/** Keystone prints six decimals; the store keeps whole seconds. */
function microseconds(time: string): string {
  return time.replace(/\.(\d{3})Z$/, ".$1000Z");
}
