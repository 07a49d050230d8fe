import * as z from "zod";
import { callPath } from "../call-path.ts";
import { plannedCall } from "../draft.ts";
import {
  findGuest,
  type FoundGuest,
  type IntentDraft,
  type IntentExecutor,
  inWords,
  seenGuest,
  stopFirst,
} from "./intent-executor.ts";
import { guestPath, type RawConfig } from "./observe.ts";

// What a configuration calls its volumes: https://pve.proxmox.com/pve-docs/qm.1.html, pct.1.html. A container's rootfs
// is not among them: without it there is no container left, and guest_destroy says so.
const DISK = /^(?:ide|sata|scsi|virtio|mp)\d{1,3}$/;
const UNUSED = /^unused\d{1,3}$/;

/** A value such as `local-lvm:vm-101-disk-0,size=32G`; drives without a volume of their own are `none` or `cdrom`. */
const VOLUME = /^(?<storage>[A-Za-z0-9_.-]+):(?<name>[^,]+)/;

const contentBody = z.object({ data: z.array(z.object({ volid: z.string() })) });

interface Disk {
  name: string;
  volume: string;
  storage: string;
}

/** Takes one disk out of a guest, and then what was on it out of its storage. */
export const storageWipe: IntentExecutor = {
  about: "guest",
  draft(of) {
    const found = findGuest(of, of.intent.vmid);
    if ("kind" in found) return found;
    const wanted = of.intent.params["disk"];
    const disk = typeof wanted === "string" ? findDisk(found.config, wanted) : null;
    if (disk === null) return noDisk(found, wanted);
    const stop = stopFirst(found);
    const isUnused = UNUSED.test(disk.name);
    const unused = isUnused ? disk.name : firstFree(found.config);
    return {
      kind: "made",
      calls: [
        ...stop.calls,
        ...(isUnused ? [] : [removeCall(found, { verb: "detach", name: disk.name, digest: true })]),
        removeCall(found, { verb: "wipe", name: unused, digest: isUnused }),
      ],
      says: `${inWords(found.guest)} ${stop.says}loses its disk ${disk.name}: ${disk.volume} is taken out and wiped.`,
      revert: `Nothing brings ${disk.volume} back but a backup of guest ${found.guest.vmid}, if there is one.`,
      seen: [
        seenGuest(found),
        { says: `Disk ${disk.name} is the volume that was looked at`, observed: disk.volume },
      ],
      outputs: { disk: disk.name, volume: disk.volume, storage: disk.storage },
    };
  },
  async look({ reader, node, outputs }) {
    const { volume = "", storage = "" } = outputs;
    const path = `${callPath`/nodes/${node}/storage/${storage}`}/content`;
    const { data } = await reader.get({ service: "hypervisor", path, body: contentBody });
    return data.some(({ volid }) => volid === volume) ? "there" : "as_wanted";
  },
};

function findDisk(config: RawConfig, name: string): Disk | null {
  const value = DISK.test(name) || UNUSED.test(name) ? config[name] : undefined;
  if (typeof value !== "string" || value.includes("media=cdrom")) return null;
  const { storage = "", name: rest = "" } = VOLUME.exec(value)?.groups ?? {};
  return storage === "" ? null : { name, storage, volume: `${storage}:${rest}` };
}

function noDisk({ guest, config }: FoundGuest, wanted: unknown): IntentDraft {
  const there = Object.keys(config).filter((name) => findDisk(config, name) !== null);
  const named = typeof wanted === "string" ? `"${wanted.slice(0, 40)}"` : "nothing";
  return {
    kind: "blocked",
    says: `storage_wipe of guest ${guest.vmid} names ${named} as params.disk, which is no disk of it with a volume of its own. It has: ${there.sort().join(", ") || "none"}. Nothing was sent.`,
    advice: "Name one of its disks in the desired state, such as scsi1.",
  };
}

/** Where the hypervisor will put a disk that is taken out: under the first free number. */
function firstFree(config: RawConfig): string {
  let at = 0;
  while (config[`unused${at}`] !== undefined) at += 1;
  return `unused${at}`;
}

/**
 * Takes a name out of the configuration. A disk becomes an unused one by it, and of an unused one the volume itself is
 * removed: https://pve.proxmox.com/pve-docs/api-viewer/#/nodes/{node}/qemu/{vmid}/unlink.
 */
function removeCall(
  { target, config }: FoundGuest,
  { verb, name, digest }: { verb: string; name: string; digest: boolean },
) {
  const path = `${guestPath(target.node, target.kind, target.vmid)}/config`;
  return plannedCall(target, `${verb}_${target.vmid}_${name}`, {
    method: "PUT",
    service: "hypervisor",
    path,
    // Of a configuration that an earlier call of the plan changes nobody knows the digest yet.
    body: { delete: name, ...(digest && config.digest !== undefined ? { digest: config.digest } : {}) },
    effect: "destroy",
    accept: [200],
    probe: { path, list: null, captures: {}, lacks: [`/data/${name}`] },
  });
}
