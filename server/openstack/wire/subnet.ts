import { z } from "zod";

/** https://docs.openstack.org/api-ref/network/v2/#subnets */
export const subnet = z.looseObject({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  network_id: z.string(),
  ip_version: z.int(),
  cidr: z.string(),
  /** Null for a subnet without a gateway. */
  gateway_ip: z.string().nullable(),
  enable_dhcp: z.boolean(),
  dns_nameservers: z.array(z.string()),
});

/** POST and GET /v2.0/subnets/{subnet_id} */
export const subnetBody = z.looseObject({ subnet });

/** GET /v2.0/subnets */
export const subnetsBody = z.looseObject({ subnets: z.array(subnet) });
