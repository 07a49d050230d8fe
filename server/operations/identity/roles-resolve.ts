import { rolesResolve as definition } from "#server/domain/operation/identity.ts";
import { rolesBody } from "#server/openstack/wire/role.ts";
import { openReader, type CloudReader } from "../cloud-reader.ts";
import { blocked, notFound } from "../draft.ts";
import type { Operation } from "../handler.ts";

/** Output name of each role. */
const ROLES = {
  manager: "manager_id",
  member: "member_id",
  "load-balancer_member": "load_balancer_member_id",
  reader: "reader_id",
  admin: "admin_id",
} as const;

export const rolesResolve: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const reader = await openReader(context);
    const { ids, missing } = await readRoles(reader);
    if (missing.length > 0) {
      return blocked(
        `The cloud has no role named ${missing.join(", ")}.`,
        "Create what is missing as cloud administrator, then preview this stage again.",
      );
    }
    return { disposition: "read", says: "All five roles exist.", outputs: ids, reads: reader.reads };
  },

  async readBack(context) {
    const { ids, missing } = await readRoles(await openReader(context));
    if (missing.length > 0) throw notFound(`The cloud has no role named ${missing.join(", ")}.`);
    return { values: ids };
  },
};

export async function readRoles(reader: CloudReader) {
  const { roles } = await reader.get({ service: "identity", path: "/roles", body: rolesBody });
  const ids: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, output] of Object.entries(ROLES)) {
    // Keystone compares role names without case, and a domain's own role is not the cloud's.
    const found = roles.find((role) => role.name.toLowerCase() === name && (role.domain_id ?? null) === null);
    if (found) ids[output] = found.id;
    else missing.push(name);
  }
  return { ids, missing };
}
