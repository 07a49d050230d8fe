import { createHash } from "node:crypto";
import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { SeedContext } from "#server/sandbox/kernel/seed-context.ts";

export interface ImageContent {
  size: number;
  md5: string;
  sha512: string;
}

export interface ImageRecord {
  id: string;
  name: string | null;
  visibility: "public" | "private" | "shared" | "community";
  status: "active" | "queued";
  ownerProjectId: string | null;
  diskFormat: string | null;
  containerFormat: string | null;
  minDisk: number;
  minRam: number;
  isProtected: boolean;
  tags: string[];
  /** Properties outside Glance's own schema: os_distro, kube_version. */
  properties: Record<string, string>;
  /** Null until data is uploaded; the bytes themselves are not kept. */
  content: ImageContent | null;
  createdAt: string;
  updatedAt: string;
}

export interface ImageState {
  images: ImageRecord[];
}

export function initialImageState(context: SeedContext): ImageState {
  const createdAt = context.now.toISOString();
  return {
    images: [
      {
        id: newUuid(),
        name: "ubuntu-2204-kube-v1.31.1",
        visibility: "public",
        status: "active",
        ownerProjectId: context.adminProjectId,
        diskFormat: "qcow2",
        containerFormat: "bare",
        minDisk: 1,
        minRam: 0,
        isProtected: false,
        tags: [],
        properties: { kube_version: "v1.31.1", os_distro: "ubuntu" },
        content: describeContent(seedImage()),
        createdAt,
        updatedAt: createdAt,
      },
    ],
  };
}

export function describeContent(bytes: Buffer): ImageContent {
  return {
    size: bytes.length,
    md5: createHash("md5").update(bytes).digest("hex"),
    sha512: createHash("sha512").update(bytes).digest("hex"),
  };
}

/** A QCOW2 magic number and zeros: enough to have a size and checksums. */
function seedImage(): Buffer {
  const bytes = Buffer.alloc(64 * 1024);
  bytes.write("QFI\u00fb", "latin1");
  return bytes;
}
