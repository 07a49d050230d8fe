import { roleAssignmentsBody } from "#server/openstack/wire/role-assignment.ts";
import { callPath, isKnown } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { plannedCall } from "../draft.ts";
import type { PlanContext, StepDraft } from "../handler.ts";

/** A role of a user on a project or a domain. */
export interface Grant {
  scope: "project" | "domain";
  scope_id: string;
  user_id: string;
  role_id: string;
  /** The role's name, for people. */
  role: string;
}

/** PUT gives it, DELETE takes it back. https://docs.openstack.org/api-ref/identity/v3/#roles */
export function grantPath({ scope, scope_id, user_id, role_id }: Grant): string {
  return scope === "project"
    ? callPath`/projects/${scope_id}/users/${user_id}/roles/${role_id}`
    : callPath`/domains/${scope_id}/users/${user_id}/roles/${role_id}`;
}

export function assignmentsPath({ scope, scope_id, user_id, role_id }: Grant): string {
  return scope === "project"
    ? callPath`/role_assignments?user.id=${user_id}&role.id=${role_id}&scope.project.id=${scope_id}`
    : callPath`/role_assignments?user.id=${user_id}&role.id=${role_id}&scope.domain.id=${scope_id}`;
}

/** Whether the grant stands on that very scope: given to the user himself, not inherited from elsewhere. */
export async function isGranted(reader: CloudReader, grant: Grant): Promise<boolean> {
  const path = assignmentsPath(grant);
  const { role_assignments } = await reader.get({ service: "identity", path, body: roleAssignmentsBody });
  return role_assignments.some(
    ({ role, user, scope }) =>
      role.id === grant.role_id &&
      user?.id === grant.user_id &&
      scope[grant.scope]?.id === grant.scope_id &&
      scope["OS-INHERIT:inherited_to"] === undefined,
  );
}

/** The plan of a grant that shall exist. */
export async function planGrant(context: PlanContext, grant: Grant): Promise<StepDraft> {
  const isReadable = [grant.scope_id, grant.user_id, grant.role_id].every(isKnown);
  const reader = isReadable ? await openReader(context) : null;
  if (reader && (await isGranted(reader, grant))) {
    return {
      disposition: "already_so",
      says: `The user holds ${grant.role} on the ${grant.scope}.`,
      outputs: {},
      preconditions: [{ says: `The user holds ${grant.role} on the ${grant.scope}`, observed: true }],
      reads: reader.reads,
    };
  }
  const give = plannedCall(context, "grant", {
    method: "PUT",
    service: "identity",
    path: grantPath(grant),
    body: null,
    accept: [204],
    probe: { path: assignmentsPath(grant), list: "/role_assignments", captures: {} },
  });
  return {
    disposition: "apply",
    says: `The user does not hold ${grant.role} on the ${grant.scope}: it will be granted.`,
    calls: [give],
    outputs: {},
    preconditions: [{ says: `The user does not hold ${grant.role} on the ${grant.scope}`, observed: false }],
    reads: reader?.reads ?? [],
    revert: `Take ${grant.role} on the ${grant.scope} from the user: DELETE on the same path.`,
  };
}
