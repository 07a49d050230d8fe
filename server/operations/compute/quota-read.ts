import { computeQuotaRead as definition } from "#server/domain/operation/compute.ts";
import { computeQuotaBody } from "#server/openstack/wire/quota.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { inWords, type Limits, ownProject, planDefaults, requireLimits } from "../default-quota.ts";
import type { Operation } from "../handler.ts";

export const computeQuotaRead: Operation<typeof definition.parameters> = {
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

/** https://docs.openstack.org/api-ref/compute/#list-default-quotas-for-tenant */
async function readDefaults(reader: CloudReader): Promise<Limits | null> {
  const projectId = ownProject(reader);
  if (projectId === null) return null;
  const path = callPath`/os-quota-sets/${projectId}/defaults`;
  const { quota_set } = await reader.get({ service: "compute", path, body: computeQuotaBody });
  return {
    instances: quota_set.instances,
    cores: quota_set.cores,
    ram_mb: quota_set.ram,
    key_pairs: quota_set.key_pairs,
  };
}
