import type * as z from "zod";
import { computeQuotaEnsure as definition } from "#server/domain/operation/compute.ts";
import { computeQuotaBody } from "#server/openstack/wire/quota.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";
import { findProject, planQuota, requireProject } from "../project-quota.ts";

type Parameters = z.output<typeof definition.parameters>;

export const computeQuotaEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { project_id } = parameters;
    const path = quotaPath(project_id);
    return planQuota(context, {
      projectId: project_id,
      service: "compute",
      path,
      body: { quota_set: wanted(parameters) },
      wanted: wanted(parameters),
      read: async (reader) =>
        (await reader.get({ service: "compute", path, body: computeQuotaBody })).quota_set,
    });
  },

  async readBack(context, { project_id }) {
    const reader = await openReader(context);
    requireProject(await findProject(reader, project_id), project_id);
    const path = quotaPath(project_id);
    const { quota_set } = await reader.get({ service: "compute", path, body: computeQuotaBody });
    const { instances, cores, ram } = quota_set;
    return { values: { project_exists: true, instances, cores, ram_mb: ram } };
  },
};

const quotaPath = (projectId: string) => callPath`/os-quota-sets/${projectId}`;

function wanted({ instances, cores, ram_mb }: Parameters): Record<string, number> {
  return { instances, cores, ram: ram_mb };
}
