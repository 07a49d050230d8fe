import * as z from "zod";

/** Number of a guest; below 100 are the hypervisor's own. https://pve.proxmox.com/pve-docs/api-viewer/ */
export const vmidSchema = z
  .int("is a whole number")
  .min(100, "is at least 100")
  .max(999_999_999, "is at most 999999999");

/** What a guest is: a virtual machine or a container. */
export const GUEST_KINDS = ["qemu", "lxc"] as const;
export type GuestKind = (typeof GUEST_KINDS)[number];

/** Name of a host, as desired and actual documents, targets of signatures and addresses carry it. */
export const hostIdSchema = z
  .string("is a text")
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    "is 1 to 128 of A-Z a-z 0-9 . _ - and begins with a letter or digit",
  );

/** Guests of one document at most; far more than a host carries. */
export const GUESTS_MAX = 20_000;
