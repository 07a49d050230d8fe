import type { ImageRecord } from "./state.ts";

/** An image document: Glance's own attributes and the free properties beside them. */
export function imageView(image: ImageRecord): Record<string, unknown> {
  return {
    ...image.properties,
    name: image.name,
    disk_format: image.diskFormat,
    container_format: image.containerFormat,
    visibility: image.visibility,
    size: image.content?.size ?? null,
    virtual_size: null,
    status: image.status,
    checksum: image.content?.md5 ?? null,
    protected: image.isProtected,
    min_ram: image.minRam,
    min_disk: image.minDisk,
    owner: image.ownerProjectId,
    os_hidden: false,
    os_hash_algo: image.content === null ? null : "sha512",
    os_hash_value: image.content?.sha512 ?? null,
    id: image.id,
    created_at: wireTime(image.createdAt),
    updated_at: wireTime(image.updatedAt),
    tags: image.tags,
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: "/v2/schemas/image",
    ...(image.content === null ? {} : { stores: "fs" }),
  };
}

/** Whole seconds, as Glance prints them. */
function wireTime(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}
