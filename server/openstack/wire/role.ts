import { z } from "zod";

/** https://docs.openstack.org/api-ref/identity/v3/#roles */
export const role = z.looseObject({
  id: z.string(),
  name: z.string(),
  /** Null for a role of the whole cloud. */
  domain_id: z.string().nullish(),
});

/** GET /v3/roles/{role_id} */
export const roleBody = z.looseObject({ role });

/** GET /v3/roles and GET /v3/projects|domains/{id}/users/{id}/roles */
export const rolesBody = z.looseObject({ roles: z.array(role) });
