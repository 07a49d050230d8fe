import { evaluateRule } from "#server/domain/oslo/evaluate.ts";
import type { OsloDict, OsloValue } from "#server/domain/oslo/values.ts";
import type { SandboxRequest, SandboxResponse } from "../kernel/router.ts";
import type { SandboxToken } from "../kernel/token.ts";
import type { World } from "../kernel/world.ts";
import { identityError, unauthorized } from "./errors.ts";
import { loadIdentityPolicy } from "./policy-files.ts";
import { describeToken } from "./token-document.ts";

export type TargetAttributes = { readonly [key: string]: OsloValue | undefined };

export interface Enforcement {
  /** "identity:create_user" */
  action: string;
  /** What Keystone puts under "target.": { user: {...} } becomes "target.user.domain_id" and so on. */
  target?: TargetAttributes;
}

/**
 * Null when the policy allows the request, else Keystone's 403 (or 500 where oslo raises). URL parameters are
 * plain keys of the policy target; the request body is not merged into it (CVE-2026-42999).
 */
export function enforce(
  request: SandboxRequest,
  world: World,
  enforcement: Enforcement,
): SandboxResponse | null {
  if (request.token === null) return unauthorized(request);
  return enforceAs(world, { token: request.token, params: request.params, ...enforcement });
}

export interface DirectEnforcement extends Enforcement {
  token: SandboxToken;
  params: Readonly<Record<string, string>>;
}

/** The same decision without a request, for what another service does inside Keystone. */
export function enforceAs(
  world: World,
  { token, params, action, target }: DirectEnforcement,
): SandboxResponse | null {
  const { identity, settings } = world;
  const answer = evaluateRule(loadIdentityPolicy(settings.policy, identity, settings.delivered), action, {
    creds: policyCredentials(world, token),
    target: { ...params, ...flatten({ target: target ?? {} }) },
  });
  switch (answer.expect.kind) {
    case "allow":
      return null;
    case "deny":
      return forbiddenAction(action);
    case "exception":
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
}

export function forbiddenAction(action: string): SandboxResponse {
  return identityError(403, `You are not authorized to perform the requested action: ${action}.`);
}

/** Keystone's auth context (keystone.common.authorization): scope keys exist only for that scope. */
function policyCredentials(world: World, token: SandboxToken): OsloDict {
  const { scope } = token;
  return {
    user_id: token.userId,
    user_domain_id: token.userDomainId,
    ...(scope.kind === "project"
      ? { project_id: scope.projectId, project_domain_id: scope.projectDomainId }
      : {}),
    ...(scope.kind === "domain" ? { domain_id: scope.domainId } : {}),
    roles: token.roles.map((role) => role.name),
    is_admin_project: token.isAdminProject,
    token: describeToken(world.identity, token),
  };
}

function flatten(value: TargetAttributes, prefix = ""): Record<string, OsloValue> {
  const flat: Record<string, OsloValue> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (isAttributes(item)) Object.assign(flat, flatten(item, `${prefix}${key}.`));
    else flat[`${prefix}${key}`] = item;
  }
  return flat;
}

function isAttributes(value: OsloValue): value is TargetAttributes {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
