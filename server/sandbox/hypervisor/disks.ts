import type { GuestRecord, HypervisorState } from "./state.ts";

/** Names under which a configuration holds volumes: https://pve.proxmox.com/pve-docs/qm.1.html, pct.1.html. */
const DISK = /^(?:ide|sata|scsi|virtio|mp)\d{1,3}$|^rootfs$/;
const UNUSED = /^unused\d{1,3}$/;

export const isVolumeName = (name: string) => DISK.test(name) || UNUSED.test(name);

/** The volume of a value such as `local-lvm:vm-101-disk-0,size=32G`. */
const volumeOf = (value: string) => value.split(",")[0] ?? "";

/** A disk that is taken out stays as an unused one; an unused one that is taken out is removed with what it holds. */
export function takeOut(state: HypervisorState, { config }: GuestRecord, name: string): void {
  const value = config[name];
  if (value === undefined) return;
  delete config[name];
  if (UNUSED.test(name)) {
    state.volumes = state.volumes.filter(({ volid }) => volid !== volumeOf(value));
    return;
  }
  let free = 0;
  while (config[`unused${free}`] !== undefined) free += 1;
  config[`unused${free}`] = volumeOf(value);
}
