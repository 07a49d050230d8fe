import { z } from "zod";

/** https://docs.openstack.org/api-ref/identity/v3/#groups */
export const group = z.looseObject({ id: z.string(), name: z.string(), domain_id: z.string() });
