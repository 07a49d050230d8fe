import { z } from "zod";

/**
 * https://docs.openstack.org/api-ref/container-infrastructure-management/#manage-cluster-templates
 * POST /v1/clustertemplates and GET /v1/clustertemplates/{ident} have no wrapper.
 */
export const clusterTemplateBody = z.looseObject({
  uuid: z.string(),
  name: z.string(),
  coe: z.string(),
  image_id: z.string(),
  keypair_id: z.string().nullish(),
  external_network_id: z.string().nullish(),
  network_driver: z.string().nullish(),
  flavor_id: z.string().nullish(),
  master_flavor_id: z.string().nullish(),
  /** Read by Magnum from the image's os_distro. */
  cluster_distro: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  public: z.boolean(),
  project_id: z.string().nullish(),
});

export type ClusterTemplate = z.output<typeof clusterTemplateBody>;
