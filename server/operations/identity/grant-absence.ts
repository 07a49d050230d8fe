import { grantAbsence as definition } from "#server/domain/operation/identity.ts";
import { domainBody } from "#server/openstack/wire/domain.ts";
import { projectBody } from "#server/openstack/wire/project.ts";
import { roleBody } from "#server/openstack/wire/role.ts";
import { userBody } from "#server/openstack/wire/user.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";
import { assignmentsPath, type Grant, isGranted } from "./grant.ts";

export const grantAbsence: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, grant) {
    return {
      disposition: "read",
      says: `The user, the role ${grant.role} and the ${grant.scope} are read first, then the assignments between them.`,
      outputs: {},
      reads: [userPath(grant), rolePath(grant), scopePath(grant), assignmentsPath(grant)].map((path) => ({
        service: "identity" as const,
        path,
      })),
    };
  },

  async readBack(context, grant) {
    const reader = await openReader(context);
    const user = await reader.find({ service: "identity", path: userPath(grant), body: userBody });
    const role = await reader.find({ service: "identity", path: rolePath(grant), body: roleBody });
    const values = {
      user_exists: user !== null,
      role_exists: role !== null,
      scope_exists: await scopeExists(reader, grant),
      granted: await isGranted(reader, grant),
      role: role?.role.name ?? grant.role,
    };
    if (!values.granted) return { values };
    const says = `A tenant could grant ${grant.role} on its ${grant.scope}. The anti-escalation rule of the policy does not hold.`;
    return {
      values,
      findings: [{ code: "escalation_possible", severity: "problem", says, observed: { ...grant } }],
    };
  },
};

const userPath = (grant: Grant) => callPath`/users/${grant.user_id}`;
const rolePath = (grant: Grant) => callPath`/roles/${grant.role_id}`;
const scopePath = ({ scope, scope_id }: Grant) =>
  scope === "project" ? callPath`/projects/${scope_id}` : callPath`/domains/${scope_id}`;

async function scopeExists(reader: CloudReader, grant: Grant): Promise<boolean> {
  const at = { service: "identity", path: scopePath(grant) } as const;
  const found =
    grant.scope === "project"
      ? await reader.find({ ...at, body: projectBody })
      : await reader.find({ ...at, body: domainBody });
  return found !== null;
}
