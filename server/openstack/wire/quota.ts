import { z } from "zod";

/**
 * -1 means unlimited. RAM in MiB.
 * https://docs.openstack.org/api-ref/compute/#quota-sets-os-quota-sets
 */
export const computeQuota = z.looseObject({
  cores: z.int(),
  instances: z.int(),
  ram: z.int(),
  key_pairs: z.int(),
});

/** GET and PUT /v2.1/os-quota-sets/{project_id}, GET .../defaults */
export const computeQuotaBody = z.looseObject({ quota_set: computeQuota });

/**
 * -1 means unlimited. Extensions add further numbers.
 * https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas
 */
export const networkQuota = z.looseObject({
  network: z.int(),
  subnet: z.int(),
  port: z.int(),
  router: z.int(),
  floatingip: z.int(),
  security_group: z.int(),
  security_group_rule: z.int(),
});

/** GET and PUT /v2.0/quotas/{project_id}, GET .../default */
export const networkQuotaBody = z.looseObject({ quota: networkQuota });

/**
 * The limits of the token's own project, which a tenant may read where quotas are not his to read.
 * https://docs.openstack.org/api-ref/compute/#limits-limits
 */
export const computeLimitsBody = z.looseObject({
  limits: z.looseObject({
    absolute: z.looseObject({
      maxTotalCores: z.int(),
      maxTotalInstances: z.int(),
      maxTotalRAMSize: z.int(),
      maxTotalKeypairs: z.int(),
      totalCoresUsed: z.int(),
      totalInstancesUsed: z.int(),
      totalRAMUsed: z.int(),
    }),
  }),
});
