const MIB = 1024 * 1024;

/**
 * How a guest's settings are compared: each in one normal form, whichever way it was written. A hypervisor gives back
 * other texts than it was given, and what differs only so is no difference.
 */
export interface GuestSettings {
  cores: number;
  memory_mib: number;
  description: string;
  tags: readonly string[];
  onboot: boolean;
}

export const SETTINGS = ["cores", "memory_mib", "description", "tags", "onboot"] as const;
export type Setting = (typeof SETTINGS)[number];

/**
 * The registry of normal forms. Each takes what either side may hold and answers the form that is compared and written;
 * of its own answer it makes the same again.
 */
export const NORMAL = {
  cores: (count: number) => count,
  /** Whole MiB are all that a configuration holds: bytes between two are never reached, and would never converge. */
  memory_mib: (mib: number) => Math.floor(mib),
  /** Proxmox VE keeps the description as comment lines and answers it with a line end that nobody wrote. */
  description: (text: string) => text.replaceAll("\r\n", "\n").replace(/\n+$/, ""),
  /** Proxmox VE keeps tags as one text with `;`, sorted, each once, and in small letters unless told otherwise. */
  tags: (tags: string | readonly string[]) => {
    const words = typeof tags === "string" ? tags.split(/[;, ]+/) : tags;
    return [...new Set(words.map((word) => word.trim().toLowerCase()).filter((word) => word !== ""))].sort();
  },
  /** The words that Proxmox VE reads as a boolean, and the digits that it answers. */
  onboot: (value: boolean | number | string) =>
    typeof value === "string" ? /^(?:1|on|yes|true)$/i.test(value) : value === true || value === 1,
} as const;

/** Bytes as the MiB that are compared and written. */
export const mibOfBytes = (bytes: number) => NORMAL.memory_mib(bytes / MIB);

/** Whether two normal values of a setting are the same. */
export function isSame(one: GuestSettings[Setting], other: GuestSettings[Setting]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
