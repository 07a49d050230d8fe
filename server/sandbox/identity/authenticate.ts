import { findObject, findString, isJsonObject, type JsonObject } from "../kernel/wire.ts";
import type { World } from "../kernel/world.ts";
import { findDomainByName } from "./domain-routes.ts";
import { isPassword } from "./password.ts";
import { findProjectByName } from "./project-routes.ts";
import type { AppCredRecord, IdentityState, TokenRecord, UserRecord } from "./state.ts";
import { findEnabledUser, findTokenRecord, findValidToken, issueToken } from "./token-store.ts";
import { findUserByName } from "./user-routes.ts";

export type Authentication =
  | { kind: "token"; tokenId: string }
  /** One answer for every reason, so that it tells nothing: 401. */
  | { kind: "refused" }
  | { kind: "malformed"; message: string };

interface Proof {
  method: string;
  user: UserRecord;
  appCred: AppCredRecord | null;
  parentAuditId: string | null;
}

/** POST /v3/auth/tokens: one method (password, application_credential or token), then the scope. */
export function authenticate(world: World, body: unknown, now: Date): Authentication {
  const auth = findObject(body, "auth");
  const identity = auth === null ? null : findObject(auth, "identity");
  if (auth === null || identity === null) return malformed("identity");
  const methods = identity["methods"];
  if (!Array.isArray(methods)) return malformed("methods");
  const [method, ...others] = methods;
  if (typeof method !== "string" || others.length > 0) return { kind: "refused" };
  const proof = prove({ world, method, given: findObject(identity, method) ?? {}, now });
  if (proof === null) return { kind: "refused" };
  const scope = findScope(world.identity, proof, auth["scope"]);
  if (scope === null) return { kind: "refused" };
  const tokenId = issueToken(
    world.identity,
    {
      methods: [proof.method],
      userId: proof.user.id,
      scope,
      appCredId: proof.appCred?.id ?? null,
      trustId: null,
      parentAuditId: proof.parentAuditId,
    },
    now,
  );
  return { kind: "token", tokenId };
}

function malformed(name: string): Authentication {
  return { kind: "malformed", message: `'${name}' is a required property` };
}

interface Presented {
  world: World;
  method: string;
  given: JsonObject;
  now: Date;
}

function prove(presented: Presented): Proof | null {
  switch (presented.method) {
    case "password":
      return provePassword(presented);
    case "application_credential":
      return proveAppCred(presented);
    case "token":
      return proveToken(presented);
    default:
      return null;
  }
}

function provePassword({ world, given }: Presented): Proof | null {
  const user = findUser(world.identity, findObject(given, "user"));
  const password = findString(findObject(given, "user") ?? {}, "password");
  if (user === null || user.password === null || password === null) return null;
  if (!isPassword(password, user.password)) return null;
  return { method: "password", user, appCred: null, parentAuditId: null };
}

function proveAppCred({ world, given, now }: Presented): Proof | null {
  const appCred = findAppCred(world.identity, given);
  const secret = findString(given, "secret");
  if (appCred === null || secret === null || !isPassword(secret, appCred.secret)) return null;
  if (appCred.expiresAt !== null && new Date(appCred.expiresAt) <= now) return null;
  const user = findEnabledUser(world.identity, appCred.userId);
  return user === null ? null : { method: "application_credential", user, appCred, parentAuditId: null };
}

function findAppCred(state: IdentityState, given: JsonObject): AppCredRecord | null {
  const id = findString(given, "id");
  if (id !== null) return state.appCreds[id] ?? null;
  const name = findString(given, "name");
  const user = findUser(state, findObject(given, "user"));
  if (name === null || user === null) return null;
  const own = Object.values(state.appCreds).find(
    (appCred) => appCred.userId === user.id && appCred.name === name,
  );
  return own ?? null;
}

/** Rescoping; a token of an application credential cannot be turned into another. */
function proveToken({ world, given, now }: Presented): Proof | null {
  const id = findString(given, "id");
  const token = id === null ? null : findValidToken(world, id, now);
  if (token === null || token.appCredId !== null || token.trustId !== null) return null;
  const user = findEnabledUser(world.identity, token.userId);
  const parentAuditId = findTokenRecord(world.identity, token.id)?.auditIds[0] ?? null;
  return user === null ? null : { method: "token", user, appCred: null, parentAuditId };
}

function findUser(state: IdentityState, given: JsonObject | null): UserRecord | null {
  if (given === null) return null;
  const id = findString(given, "id");
  if (id !== null) return findEnabledUser(state, id);
  const name = findString(given, "name");
  const domainId = findDomainId(state, findObject(given, "domain"));
  if (name === null || domainId === null) return null;
  const user = findUserByName(state, name, domainId);
  return user === null ? null : findEnabledUser(state, user.id);
}

function findDomainId(state: IdentityState, given: JsonObject | null): string | null {
  if (given === null) return null;
  const id = findString(given, "id");
  if (id !== null) return state.domains[id] === undefined ? null : id;
  const name = findString(given, "name");
  return name === null ? null : (findDomainByName(state, name)?.id ?? null);
}

/** Null when the scope is unknown; that the user holds a role there is asked when the token is read back. */
function findScope(state: IdentityState, proof: Proof, given: unknown): TokenRecord["scope"] | null {
  if (proof.appCred !== null) {
    return given === undefined ? { kind: "project", projectId: proof.appCred.projectId } : null;
  }
  if (given === "unscoped") return { kind: "unscoped" };
  if (!isJsonObject(given)) return findDefaultScope(proof.user);
  if ("unscoped" in given) return { kind: "unscoped" };
  const domain = findObject(given, "domain");
  if (domain !== null) {
    const domainId = findDomainId(state, domain);
    return domainId === null ? null : { kind: "domain", domainId };
  }
  const projectId = findProjectId(state, findObject(given, "project"));
  return projectId === null ? null : { kind: "project", projectId };
}

function findDefaultScope(user: UserRecord): TokenRecord["scope"] {
  const projectId = user.defaultProjectId;
  return projectId === null ? { kind: "unscoped" } : { kind: "project", projectId };
}

function findProjectId(state: IdentityState, given: JsonObject | null): string | null {
  if (given === null) return null;
  const id = findString(given, "id");
  if (id !== null) return state.projects[id] === undefined ? null : id;
  const name = findString(given, "name");
  const domainId = findDomainId(state, findObject(given, "domain"));
  if (name === null || domainId === null) return null;
  return findProjectByName(state, name, domainId)?.id ?? null;
}
