import { z } from "zod";

/** https://docs.openstack.org/api-ref/identity/v3/#users */
export const user = z.looseObject({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  enabled: z.boolean(),
  description: z.string().nullish(),
  default_project_id: z.string().nullish(),
  password_expires_at: z.string().nullish(),
});

/** POST, GET and PATCH /v3/users/{user_id} */
export const userBody = z.looseObject({ user });

/** GET /v3/users */
export const usersBody = z.looseObject({ users: z.array(user) });

export type User = z.output<typeof user>;
