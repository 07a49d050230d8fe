import { networkQuotaRead as definition } from "#server/domain/operation/network.ts";
import { networkQuotaBody } from "#server/openstack/wire/quota.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { inWords, type Limits, ownProject, planDefaults, requireLimits } from "../default-quota.ts";
import type { Operation } from "../handler.ts";

export const networkQuotaRead: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const reader = await openReader(context);
    return planDefaults(reader, await readDefaults(reader));
  },

  async readBack(context) {
    const values = requireLimits(await readDefaults(await openReader(context)));
    await context.say(`A new project may have ${inWords(values)}.`);
    return { values };
  },
};

/** https://docs.openstack.org/api-ref/network/v2/#list-default-quotas-for-a-project */
async function readDefaults(reader: CloudReader): Promise<Limits | null> {
  const projectId = ownProject(reader);
  if (projectId === null) return null;
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
}
