import * as z from "zod";
import { type GuestSettings, mibOfBytes, NORMAL } from "./normalise.ts";
import { readDocument } from "./read-document.ts";
import { GUEST_KINDS, GUESTS_MAX, type GuestKind, hostIdSchema, vmidSchema } from "./vmid.ts";

/** Proxmox VE answers numbers as numbers in one list and as texts in another. */
const wholeNumber = z
  .union([z.number(), z.string().regex(/^\d{1,15}$/)], "is a whole number, or its digits")
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, "is a whole number");

const amount = z
  .union([z.number(), z.string().regex(/^\d{1,15}(?:\.\d{1,9})?$/)], "is a number, or its digits")
  .transform(Number)
  .refine((value) => Number.isFinite(value) && value >= 0, "is no amount");

const booleanWord = z
  .union(
    [z.boolean(), z.literal(0), z.literal(1), z.string().regex(/^(?:0|1|on|off|yes|no|true|false)$/i)],
    "is true or false, 0 or 1",
  )
  .transform(NORMAL.onboot);

/** Settings by the names of both: of the documents here, and of the hypervisor's answers. */
const settings = {
  cores: wholeNumber.optional(),
  /** MiB. */
  memory_mib: amount.optional(),
  memory: amount.optional(),
  /** Bytes. */
  memory_bytes: wholeNumber.optional(),
  maxmem: wholeNumber.optional(),
  description: z.string("is a text").optional(),
  tags: z
    .union([z.string(), z.array(z.string())], "is a list of tags, or a text with ; between them")
    .optional(),
  onboot: booleanWord.optional(),
  lock: z.string("is a text").nullable().optional(),
  template: booleanWord.optional(),
};

const guestSchema = z
  .object({
    vmid: z
      .union([z.number(), z.string().regex(/^\d{1,9}$/)], "is a whole number")
      .transform(Number)
      .pipe(vmidSchema),
    kind: z.enum(GUEST_KINDS, `is one of ${GUEST_KINDS.join(", ")}`).optional(),
    type: z.enum(GUEST_KINDS, `is one of ${GUEST_KINDS.join(", ")}`).optional(),
    run_state: z.string("is a text").optional(),
    status: z.string("is a text").optional(),
    name: z.string("is a text").optional(),
    ...settings,
    config: z.object(settings, "is an object").optional(),
  })
  .refine((guest) => guest.run_state !== undefined || guest.status !== undefined, {
    path: ["status"],
    message: "is missing",
  });

const actualSchema = z
  .object({
    host_id: hostIdSchema,
    guests: z.array(guestSchema, "is a list").max(GUESTS_MAX, `has at most ${GUESTS_MAX} guests`),
  })
  .superRefine(({ guests }, context) => {
    const seen = new Set<number>();
    guests.forEach(({ vmid }, at) => {
      if (seen.has(vmid)) {
        context.addIssue({
          code: "custom",
          path: ["guests", at, "vmid"],
          message: `is ${vmid} a second time`,
        });
      }
      seen.add(vmid);
    });
  });

/** A guest as it is, in normal form. */
export interface ActualGuest {
  vmid: number;
  kind: GuestKind;
  name: string;
  /** `running`, `stopped`, or another word of the hypervisor. */
  run_state: string;
  /** Why the hypervisor lets nobody touch it now, such as `backup`; null: nothing does. */
  lock: string | null;
  is_template: boolean;
  settings: GuestSettings;
}

export interface ActualHost {
  host_id: string;
  /** By number. */
  guests: readonly ActualGuest[];
}

/** What a configuration that names no value stands for: https://pve.proxmox.com/pve-docs/qm.1.html. */
const DEFAULT_CORES = 1;
const DEFAULT_MIB = 512;

/**
 * Reads an observed state: guests by the names of these documents or of Proxmox VE's answers (`status`, `maxmem` in
 * bytes, `memory` in MiB, a `config` object beside them). Throws GuestDocumentError, which names each wrong field.
 */
export function readActual(document: unknown): ActualHost {
  const { host_id, guests } = readDocument(actualSchema, document);
  return { host_id, guests: guests.map(normaliseActual).sort((one, other) => one.vmid - other.vmid) };
}

function normaliseActual({ config, ...guest }: z.output<typeof guestSchema>): ActualGuest {
  // The configuration is what is written; the size in bytes beside it is what a running guest was given.
  const mib = mibOf(config ?? {}) ?? mibOf(guest) ?? DEFAULT_MIB;
  const lock = config?.lock ?? guest.lock ?? "";
  return {
    vmid: guest.vmid,
    kind: guest.kind ?? guest.type ?? "qemu",
    name: guest.name ?? "",
    run_state: guest.run_state ?? guest.status ?? "",
    lock: lock === "" ? null : lock,
    is_template: config?.template ?? guest.template ?? false,
    settings: {
      cores: NORMAL.cores(config?.cores ?? guest.cores ?? DEFAULT_CORES),
      memory_mib: NORMAL.memory_mib(mib),
      description: NORMAL.description(config?.description ?? guest.description ?? ""),
      tags: NORMAL.tags(config?.tags ?? guest.tags ?? []),
      onboot: config?.onboot ?? guest.onboot ?? false,
    },
  };
}

type Memory = Pick<z.output<typeof guestSchema>, "memory" | "memory_mib" | "memory_bytes" | "maxmem">;

function mibOf({ memory, memory_mib, memory_bytes, maxmem }: Memory): number | null {
  const bytes = memory_bytes ?? maxmem;
  return memory_mib ?? memory ?? (bytes === undefined ? null : mibOfBytes(bytes));
}
