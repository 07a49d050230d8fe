import { computeQuotaRead as definition } from "#server/domain/operation/compute.ts";
import { computeQuotaBody } from "#server/openstack/wire/quota.ts";
import { callPath } from "../call-path.ts";
import { readsDefaults } from "../default-quota.ts";
import type { Operation } from "../handler.ts";

/** https://docs.openstack.org/api-ref/compute/#list-default-quotas-for-tenant */
export const computeQuotaRead: Operation<typeof definition.parameters> = {
  definition,
  ...readsDefaults(async (reader, projectId) => {
    const path = callPath`/os-quota-sets/${projectId}/defaults`;
    const { quota_set } = await reader.get({ service: "compute", path, body: computeQuotaBody });
    return {
      instances: quota_set.instances,
      cores: quota_set.cores,
      ram_mb: quota_set.ram,
      key_pairs: quota_set.key_pairs,
    };
  }),
};
