import { z } from "zod";

/** https://docs.openstack.org/api-ref/network/v2/#networks */
export const network = z.looseObject({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  status: z.string(),
  admin_state_up: z.boolean(),
  shared: z.boolean(),
  "router:external": z.boolean().optional(),
  subnets: z.array(z.string()),
});

/** POST and GET /v2.0/networks/{network_id} */
export const networkBody = z.looseObject({ network });

/** GET /v2.0/networks */
export const networksBody = z.looseObject({ networks: z.array(network) });

export type Network = z.output<typeof network>;
