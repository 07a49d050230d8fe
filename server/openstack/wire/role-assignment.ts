import { z } from "zod";

// Names, and the domain of each, are there only with include_names.
const reference = z.looseObject({
  id: z.string(),
  name: z.string().optional(),
  domain: z.looseObject({ id: z.string(), name: z.string().optional() }).optional(),
});

/** https://docs.openstack.org/api-ref/identity/v3/#list-role-assignments */
export const roleAssignment = z.looseObject({
  role: reference,
  user: reference.optional(),
  group: reference.optional(),
  scope: z.looseObject({
    project: reference.optional(),
    domain: reference.optional(),
    system: z.looseObject({ all: z.boolean() }).optional(),
    /** "projects" when the grant is inherited by every project of the domain. */
    "OS-INHERIT:inherited_to": z.string().optional(),
  }),
});

/** GET /v3/role_assignments */
export const roleAssignmentsBody = z.looseObject({ role_assignments: z.array(roleAssignment) });

export type RoleAssignment = z.output<typeof roleAssignment>;
