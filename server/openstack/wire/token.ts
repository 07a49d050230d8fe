import { z } from "zod";
import { named } from "./named.ts";

/** https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management */
export const catalogEntry = z.looseObject({
  type: z.string(),
  endpoints: z.array(
    z.looseObject({
      interface: z.string(),
      url: z.string(),
      region: z.string().nullish(),
      region_id: z.string().nullish(),
    }),
  ),
});

/** POST and GET /v3/auth/tokens. A domain-scoped token has `domain`, a project-scoped one `project`. */
export const tokenBody = z.looseObject({
  token: z.looseObject({
    methods: z.array(z.string()),
    user: named.extend({ domain: named }),
    issued_at: z.string(),
    expires_at: z.string(),
    project: named.extend({ domain: named }).optional(),
    domain: named.optional(),
    is_admin_project: z.boolean().nullish(),
    roles: z.array(named).optional(),
    catalog: z.array(catalogEntry).optional(),
    application_credential: named.extend({ restricted: z.boolean() }).optional(),
  }),
});

export type CatalogEntry = z.output<typeof catalogEntry>;
export type TokenBody = z.output<typeof tokenBody>;
