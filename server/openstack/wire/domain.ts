import { z } from "zod";

/** https://docs.openstack.org/api-ref/identity/v3/#domains */
export const domain = z.looseObject({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  description: z.string().nullish(),
});

/** POST, GET and PATCH /v3/domains/{domain_id} */
export const domainBody = z.looseObject({ domain });

/** GET /v3/domains */
export const domainsBody = z.looseObject({ domains: z.array(domain) });

export type Domain = z.output<typeof domain>;
