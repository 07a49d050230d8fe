import type * as z from "zod";
import { networkQuotaEnsure as definition } from "#server/domain/operation/network.ts";
import { networkQuotaBody } from "#server/openstack/wire/quota.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";
import { findProject, planQuota, requireProject } from "../project-quota.ts";

type Parameters = z.output<typeof definition.parameters>;

export const networkQuotaEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { project_id } = parameters;
    const path = quotaPath(project_id);
    return planQuota(context, {
      projectId: project_id,
      service: "network",
      path,
      body: { quota: wanted(parameters) },
      wanted: wanted(parameters),
      read: async (reader) => (await reader.get({ service: "network", path, body: networkQuotaBody })).quota,
    });
  },

  async readBack(context, { project_id }) {
    const reader = await openReader(context);
    requireProject(await findProject(reader, project_id), project_id);
    const path = quotaPath(project_id);
    const { quota } = await reader.get({ service: "network", path, body: networkQuotaBody });
    return {
      values: {
        project_exists: true,
        networks: quota.network,
        subnets: quota.subnet,
        routers: quota.router,
        floating_ips: quota.floatingip,
        ports: quota.port,
        security_groups: quota.security_group,
        security_group_rules: quota.security_group_rule,
      },
    };
  },
};

const quotaPath = (projectId: string) => callPath`/quotas/${projectId}`;

function wanted(parameters: Parameters): Record<string, number> {
  return {
    network: parameters.networks,
    subnet: parameters.subnets,
    router: parameters.routers,
    floatingip: parameters.floating_ips,
    port: parameters.ports,
    security_group: parameters.security_groups,
    security_group_rule: parameters.security_group_rules,
  };
}
