import { assignmentsRead as definition } from "#server/domain/operation/identity.ts";
import { type RoleAssignment, roleAssignmentsBody } from "#server/openstack/wire/role-assignment.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";

export const assignmentsRead: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, { user_id }) {
    return {
      disposition: "read",
      says: "Every assignment of the user is read, as given and with all that roles and groups imply.",
      outputs: {},
      reads: [directPath(user_id), effectivePath(user_id)].map((path) => ({ service: "identity", path })),
    };
  },

  async readBack(context, { user_id }) {
    const reader = await openReader(context);
    const at = { service: "identity", body: roleAssignmentsBody } as const;
    const direct = await reader.get({ ...at, path: directPath(user_id) });
    const effective = await reader.get({ ...at, path: effectivePath(user_id) });
    return {
      values: {
        direct: direct.role_assignments.map(assignmentInWords).sort(),
        effective: effective.role_assignments.map(assignmentInWords).sort(),
        effective_count: effective.role_assignments.length,
      },
    };
  },
};

const directPath = (userId: string) => callPath`/role_assignments?user.id=${userId}&include_names=true`;
const effectivePath = (userId: string) =>
  callPath`/role_assignments?user.id=${userId}&effective=true&include_names=true`;

/** `manager on domain:<id>`; what is inherited by the domain's projects says so. */
export function assignmentInWords({ role, scope }: RoleAssignment): string {
  const inherited = scope["OS-INHERIT:inherited_to"] === undefined ? "" : " (inherited by its projects)";
  return `${role.name ?? role.id} on ${scopeInWords(scope)}${inherited}`;
}

function scopeInWords(scope: RoleAssignment["scope"]): string {
  if (scope.project) return `project:${scope.project.id}`;
  if (scope.domain) return `domain:${scope.domain.id}`;
  return "system";
}
