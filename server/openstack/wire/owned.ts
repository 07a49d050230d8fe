import { z } from "zod";

/** What an audit reads of things that only a removal looks at. */

const id = z.string();
const name = z.string().nullish();

/** https://docs.openstack.org/api-ref/compute/#servers-servers */
export const ownedServer = z.looseObject({
  id,
  name,
  tenant_id: z.string(),
  status: z.string(),
  key_name: z.string().nullish(),
  /** An empty text for a server that was started from a volume. */
  image: z.union([z.looseObject({ id }), z.string()]).nullish(),
  "os-extended-volumes:volumes_attached": z.array(z.looseObject({ id })).optional(),
});

/** With microversion 2.13 and later. https://docs.openstack.org/api-ref/compute/#server-groups-os-server-groups */
export const ownedServerGroup = z.looseObject({
  id,
  name,
  project_id: z.string(),
  members: z.array(z.string()).optional(),
});

/** https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips */
export const ownedFloatingIp = z.looseObject({
  id,
  floating_ip_address: z.string(),
  project_id: z.string(),
  port_id: z.string().nullish(),
  router_id: z.string().nullish(),
});

/** https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups */
export const ownedSecurityGroup = z.looseObject({ id, name, project_id: z.string() });

/** A port as an audit needs it: a tenant's own has a project, a gateway's has none. */
export const ownedPort = z.looseObject({
  id,
  name,
  project_id: z.string(),
  network_id: z.string(),
  device_id: z.string(),
  device_owner: z.string(),
  fixed_ips: z.array(z.looseObject({ subnet_id: z.string(), ip_address: z.string() })),
  security_groups: z.array(z.string()).optional(),
});

/** Every network quota that somebody set. https://docs.openstack.org/api-ref/network/v2/#list-quotas-for-projects-with-non-default-quota-values */
export const ownedNetworkQuota = z.looseObject({ project_id: z.string() });

/** https://docs.openstack.org/api-ref/image/v2/#images */
export const ownedImage = z.looseObject({
  id,
  name,
  owner: z.string().nullish(),
  visibility: z.string(),
  protected: z.boolean().optional(),
});

/** https://docs.openstack.org/api-ref/image/v2/#sharing */
export const imageMember = z.looseObject({ member_id: z.string(), status: z.string() });

/** https://docs.openstack.org/api-ref/load-balancer/v2/#list-load-balancers */
export const ownedLoadBalancer = z.looseObject({
  id,
  name,
  project_id: z.string(),
  provisioning_status: z.string(),
  vip_subnet_id: z.string().nullish(),
  vip_network_id: z.string().nullish(),
});

/** https://docs.openstack.org/api-ref/block-storage/v3/#list-accessible-volumes-with-details */
export const ownedVolume = z.looseObject({
  id,
  name,
  "os-vol-tenant-attr:tenant_id": z.string(),
  status: z.string(),
});

/** GET /v3/auth/catalog. https://docs.openstack.org/api-ref/identity/v3/#get-service-catalog */
export const catalogRow = z.looseObject({ type: z.string() });
