import * as z from "zod";
import { clampInterval } from "./interval.ts";
import { type GuestSettings, mibOfBytes, NORMAL } from "./normalise.ts";
import { readDocument } from "./read-document.ts";
import { GUEST_KINDS, GUESTS_MAX, type GuestKind, hostIdSchema, vmidSchema } from "./vmid.ts";

/** What a guest can be wanted to be. */
const WANTED_STATES = ["running", "stopped"] as const;
export type WantedState = (typeof WANTED_STATES)[number];

/** Least memory of a guest: https://pve.proxmox.com/pve-docs/api-viewer/ (memory, minimum 16). */
const LEAST_MIB = 16;
const MIB = 1024 * 1024;
const MOST_MIB = 64 * 1024 * 1024;
const MOST_CORES = 8192;
const DESCRIPTION_MAX = 8192;

const description = z
  .string("is a text")
  .max(DESCRIPTION_MAX, `has at most ${DESCRIPTION_MAX} characters`)
  .refine((text) => text.isWellFormed() && !/[^\P{Cc}\t\r\n]/u.test(text), "holds a control character");

/** https://pve.proxmox.com/pve-docs/qm.1.html, pve-tag-list. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_+.-]{0,127}$/;
const isTags = (tags: string | readonly string[]) => NORMAL.tags(tags).every((tag) => TAG.test(tag));
const NO_TAG = "has a tag that is not of A-Z a-z 0-9 _ + . -";
const tags = z.union(
  [
    z.string().max(4096, "is at most 4096 characters").refine(isTags, NO_TAG),
    z.array(z.string("is a text").regex(TAG, NO_TAG)).max(128, "has at most 128 tags"),
  ],
  "is a list of tags, or a text with ; between them",
);

const guestSchema = z
  .strictObject({
    vmid: vmidSchema,
    kind: z.enum(GUEST_KINDS, `is one of ${GUEST_KINDS.join(", ")}`).optional(),
    run_state: z.enum(WANTED_STATES, `is one of ${WANTED_STATES.join(", ")}`).optional(),
    cores: z
      .int("is a whole number")
      .min(1, "is at least 1")
      .max(MOST_CORES, `is at most ${MOST_CORES}`)
      .optional(),
    memory_mib: z
      .number("is a number")
      .min(LEAST_MIB, `is at least ${LEAST_MIB}`)
      .max(MOST_MIB, `is at most ${MOST_MIB}`)
      .optional(),
    memory_bytes: z
      .int("is a whole number")
      .min(LEAST_MIB * MIB, `is at least ${LEAST_MIB * MIB} (${LEAST_MIB} MiB)`)
      .max(MOST_MIB * MIB, `is at most ${MOST_MIB * MIB}`)
      .optional(),
    description: description.optional(),
    tags: tags.optional(),
    onboot: z.union([z.boolean(), z.literal(0), z.literal(1)], "is true or false").optional(),
  })
  .refine((guest) => guest.memory_mib === undefined || guest.memory_bytes === undefined, {
    path: ["memory_mib"],
    message: "stands beside memory_bytes: give one of the two",
  });

const intentSchema = z.strictObject({
  op: z.string("is a text").min(1, "is empty").max(128, "has at most 128 characters"),
  vmid: vmidSchema.optional(),
  params: z.record(z.string(), z.json()).optional(),
  /** Whatever the document says about where a thing came from is shown and counts for nothing. */
  scratch: z.unknown().optional(),
  provenance: z.unknown().optional(),
});

/** A desired-state document of one host, as people write it. Every field of a guest but its number may be left out. */
const desiredSchema = z
  .strictObject({
    host_id: hostIdSchema,
    generation: z.int("is a whole number").min(0, "is at least 0"),
    poll_interval_seconds: z.number("is a number of seconds").optional(),
    guests: z.array(guestSchema, "is a list").max(GUESTS_MAX, `has at most ${GUESTS_MAX} guests`),
    intents: z.array(intentSchema, "is a list").max(1000, "has at most 1000 intents").optional(),
  })
  .superRefine(({ guests }, context) => {
    const seen = new Map<number, number>();
    guests.forEach(({ vmid }, at) => {
      const first = seen.get(vmid);
      if (first === undefined) return void seen.set(vmid, at);
      const message = `is ${vmid}, as guests[${first}].vmid is: a guest stands in a document once`;
      context.addIssue({ code: "custom", path: ["guests", at, "vmid"], message });
    });
  });

type DesiredInput = z.output<typeof desiredSchema>;

/** A guest as it is wanted, in normal form; what is not wanted in any way is not there. */
export interface DesiredGuest {
  vmid: number;
  kind: GuestKind | null;
  run_state: WantedState | null;
  settings: Partial<GuestSettings>;
}

/** Something to be done to a guest or a whole host beside its settings, as the document asks for it. */
export interface DesiredIntent {
  op: string;
  /** Null: the whole host. */
  vmid: number | null;
  params: { readonly [key: string]: z.core.util.JSONType };
  /** Members that claim where the thing came from. */
  claims: readonly string[];
}

export interface DesiredHost {
  host_id: string;
  generation: number;
  /** Within its bounds. */
  interval_seconds: number;
  /** By number. */
  guests: readonly DesiredGuest[];
  intents: readonly DesiredIntent[];
}

/** Reads a desired-state document. Throws GuestDocumentError, which names each field that is wrong. */
export function readDesired(document: unknown): DesiredHost {
  return normaliseDesired(readDocument(desiredSchema, document));
}

function normaliseDesired(input: DesiredInput): DesiredHost {
  return {
    host_id: input.host_id,
    generation: input.generation,
    interval_seconds: clampInterval(input.poll_interval_seconds),
    guests: input.guests.map(normaliseGuest).sort((one, other) => one.vmid - other.vmid),
    intents: (input.intents ?? []).map(({ op, vmid, params, ...claimed }) => ({
      op,
      vmid: vmid ?? null,
      params: params ?? {},
      claims: Object.keys(claimed).sort(),
    })),
  };
}

function normaliseGuest(guest: DesiredInput["guests"][number]): DesiredGuest {
  const { vmid, kind, run_state, memory_bytes, memory_mib, cores, description: text } = guest;
  const mib = memory_bytes === undefined ? memory_mib : mibOfBytes(memory_bytes);
  return {
    vmid,
    kind: kind ?? null,
    run_state: run_state ?? null,
    settings: {
      ...(cores === undefined ? {} : { cores: NORMAL.cores(cores) }),
      ...(mib === undefined ? {} : { memory_mib: NORMAL.memory_mib(mib) }),
      ...(text === undefined ? {} : { description: NORMAL.description(text) }),
      ...(guest.tags === undefined ? {} : { tags: NORMAL.tags(guest.tags) }),
      ...(guest.onboot === undefined ? {} : { onboot: NORMAL.onboot(guest.onboot) }),
    },
  };
}
