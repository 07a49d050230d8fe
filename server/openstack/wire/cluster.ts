import { z } from "zod";

/** One row of GET /v1/clusters, which holds less than the cluster itself. */
const clusterSummary = z.looseObject({
  uuid: z.string(),
  name: z.string(),
  status: z.string(),
  cluster_template_id: z.string(),
});

/** https://docs.openstack.org/api-ref/container-infrastructure-management/#manage-cluster */
export const clusterBody = clusterSummary.extend({
  status_reason: z.string().nullish(),
  keypair: z.string().nullish(),
  node_count: z.int(),
  master_count: z.int(),
  api_address: z.string().nullish(),
  project_id: z.string().nullish(),
  user_id: z.string().nullish(),
});

/** POST /v1/clusters answers 202 with the id alone; it says nothing about success. */
export const createdClusterBody = z.looseObject({ uuid: z.string() });

/** GET /v1/clusters */
export const clustersBody = z.looseObject({ clusters: z.array(clusterSummary) });

/** https://docs.openstack.org/api-ref/container-infrastructure-management/#manage-magnum-services */
export const magnumServicesBody = z.looseObject({
  mservices: z.array(z.looseObject({ binary: z.string(), state: z.string() })),
});

export type Cluster = z.output<typeof clusterBody>;
