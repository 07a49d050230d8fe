import { networkQuotaRead as definition } from "#server/domain/operation/network.ts";
import { networkQuotaBody } from "#server/openstack/wire/quota.ts";
import { callPath } from "../call-path.ts";
import { readsDefaults } from "../default-quota.ts";
import type { Operation } from "../handler.ts";

/** https://docs.openstack.org/api-ref/network/v2/#list-default-quotas-for-a-project */
export const networkQuotaRead: Operation<typeof definition.parameters> = {
  definition,
  ...readsDefaults(async (reader, projectId) => {
    const path = callPath`/quotas/${projectId}/default`;
    const { quota } = await reader.get({ service: "network", path, body: networkQuotaBody });
    return {
      networks: quota.network,
      subnets: quota.subnet,
      routers: quota.router,
      floating_ips: quota.floatingip,
      ports: quota.port,
      security_groups: quota.security_group,
      security_group_rules: quota.security_group_rule,
    };
  }),
};
