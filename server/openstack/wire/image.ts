import { z } from "zod";

/**
 * Image properties are plain extra keys: `os_distro` and `kube_version` are the two Magnum and its
 * Cluster API drivers read.
 * https://docs.openstack.org/api-ref/image/v2/#images
 */
const image = z.looseObject({
  id: z.string(),
  /** Glance allows an image without a name. */
  name: z.string().nullish(),
  status: z.string(),
  visibility: z.string(),
  os_distro: z.string().optional(),
  kube_version: z.string().optional(),
});

/** GET /v2/images; `next` is a path when there are more. */
export const imagesBody = z.looseObject({ images: z.array(image), next: z.string().optional() });

export type Image = z.output<typeof image>;
