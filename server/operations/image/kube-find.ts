import { kubeImageFind as definition } from "#server/domain/operation/image.ts";
import { type Image, imagesBody } from "#server/openstack/wire/image.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, notFound } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { IMAGES_PAGE } from "../limits.ts";

const NONE =
  "The cloud has no public, active image that carries both kube_version and os_distro. Magnum cannot tell from any other what to build.";

export const kubeImageFind: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const reader = await openReader(context);
    const image = chooseImage(await readPublic(reader));
    if (image === null) {
      return blocked(NONE, "Publish the cluster image and set both properties on it, then preview again.");
    }
    const { id, name, kube_version, os_distro } = image;
    return {
      disposition: "read",
      says: `${name ?? id} is public and active, with Kubernetes ${kube_version} on ${os_distro}.`,
      outputs: { id, name: name ?? "", kube_version, os_distro },
      reads: reader.reads,
    };
  },

  async readBack(context) {
    const image = chooseImage(await readPublic(await openReader(context)));
    if (image === null) throw notFound(NONE);
    const { id, name, kube_version, os_distro, visibility, status } = image;
    return { values: { id, name: name ?? "", kube_version, os_distro, visibility, status } };
  },
};

async function readPublic(reader: CloudReader): Promise<Image[]> {
  const path = `/images?visibility=public&status=active&limit=${IMAGES_PAGE}`;
  return (await reader.get({ service: "image", path, body: imagesBody })).images;
}

type KubeImage = Image & { kube_version: string; os_distro: string };

/** The one with the newest Kubernetes; equal versions by id, so that two looks choose the same. */
export function chooseImage(images: readonly Image[]): KubeImage | null {
  const usable = images.filter(isKubeImage);
  usable.sort((a, b) => byVersion(b.kube_version, a.kube_version) || a.id.localeCompare(b.id));
  return usable[0] ?? null;
}

function isKubeImage(image: Image): image is KubeImage {
  const isPublished = image.visibility === "public" && image.status === "active";
  return isPublished && Boolean(image.kube_version) && Boolean(image.os_distro);
}

// "v1.9.0" before "v1.31.1": numbers within the text are compared as numbers.
const byVersion = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });
