import { randomBytes } from "node:crypto";
import type { SandboxResponse } from "../kernel/router.ts";
import type { SandboxToken } from "../kernel/token.ts";
import { isJsonObject } from "../kernel/wire.ts";
import type { World } from "../kernel/world.ts";
import { deleteUserAndBelongings } from "./deletion.ts";
import { listEffectiveRoles } from "./effective-roles.ts";
import { enforceAs } from "./enforce.ts";
import { newResourceTarget } from "./policy-targets.ts";
import { addTrust } from "./trust-routes.ts";
import { addUser, findUserByName } from "./user-routes.ts";

export type TrusteeAnswer = { kind: "created"; userId: string } | { kind: "refused"; message: string };
export type ClusterTrustAnswer = { kind: "created"; trustId: string } | { kind: "refused"; message: string };

/** What Magnum does first for a cluster: magnum_domain_admin makes the trustee user, through create_user policy. */
export function createTrustee(world: World, name: string, now: Date): TrusteeAnswer {
  const domainId = world.identity.magnumDomainId;
  const body = { name, domain_id: domainId };
  const refused = enforceAs(world, {
    token: magnumDomainAdminToken(world, now),
    params: {},
    action: "identity:create_user",
    target: newResourceTarget("user", body),
  });
  if (refused !== null) return { kind: "refused", message: errorMessage(refused) };
  if (findUserByName(world.identity, name, domainId) !== null) {
    return { kind: "refused", message: `A user named ${name} exists in the trustee domain.` };
  }
  const password = randomBytes(24).toString("base64url");
  return { kind: "created", userId: addUser(world.identity, { name, domainId, password, body: {} }).id };
}

/** The caller delegates all roles of its token on its project to the trustee, with impersonation. */
export function createTrust(
  world: World,
  callerToken: SandboxToken,
  trusteeUserId: string,
): ClusterTrustAnswer {
  const answer = addTrust(world, callerToken, {
    trustor_user_id: callerToken.userId,
    trustee_user_id: trusteeUserId,
    impersonation: true,
    roles: callerToken.roles.map(({ id }) => ({ id })),
    ...(callerToken.scope.kind === "project" ? { project_id: callerToken.scope.projectId } : {}),
  });
  if (answer.kind === "refused") return { kind: "refused", message: errorMessage(answer.response) };
  return { kind: "created", trustId: answer.trust.id };
}

export function deleteTrust(world: World, trustId: string): void {
  delete world.identity.trusts[trustId];
}

export function deleteTrustee(world: World, userId: string): void {
  deleteUserAndBelongings(world.identity, userId);
}

/** Not issued and not stored: Magnum's own session inside the cloud. */
function magnumDomainAdminToken(world: World, now: Date): SandboxToken {
  const { identity } = world;
  const userId = identity.magnumDomainAdminId;
  const domainId = identity.magnumDomainId;
  return {
    id: "",
    methods: ["password"],
    userId,
    userName: identity.users[userId]?.name ?? "",
    userDomainId: domainId,
    roles: listEffectiveRoles(identity, userId, { kind: "domain", id: domainId }),
    scope: { kind: "domain", domainId },
    isAdminProject: false,
    appCredId: null,
    trustId: null,
    issuedAt: now.toISOString(),
    expiresAt: now.toISOString(),
  };
}

function errorMessage(response: SandboxResponse): string {
  const error = isJsonObject(response.body) ? response.body["error"] : null;
  const message = isJsonObject(error) ? error["message"] : null;
  return typeof message === "string" ? message : "The identity service refused.";
}
