import { z } from "zod";

/** https://docs.openstack.org/api-ref/compute/#flavors */
export const flavor = z.looseObject({
  id: z.string(),
  name: z.string(),
  vcpus: z.int(),
  /** MiB */
  ram: z.int(),
  /** GiB */
  disk: z.int(),
  "os-flavor-access:is_public": z.boolean().optional(),
});

/** GET /v2.1/flavors/detail */
export const flavorsBody = z.looseObject({ flavors: z.array(flavor) });

export type Flavor = z.output<typeof flavor>;
