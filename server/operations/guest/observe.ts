import * as z from "zod";
import { type ActualHost, readActual } from "#server/domain/guest/actual.ts";
import { GUEST_KINDS, type GuestKind } from "#server/domain/guest/vmid.ts";
import type { CloudReader } from "../cloud-reader.ts";
import { callPath } from "../call-path.ts";

/** Requests of one look at a host that are under way at once. */
const AT_ONCE = 16;

// https://pve.proxmox.com/pve-docs/api-viewer/#/nodes/{node}/qemu
const listBody = z.object({
  data: z.array(z.looseObject({ vmid: z.union([z.number(), z.string()]), status: z.string() })),
});

const configBody = z.object({ data: z.looseObject({ digest: z.string().optional() }) });

export type RawConfig = z.output<typeof configBody>["data"];

/** A host as it is, with each guest's configuration as it was answered: what a change is built upon. */
export interface ObservedHost {
  actual: ActualHost;
  /** By number of the guest; only of those that were asked for. */
  configs: ReadonlyMap<number, RawConfig>;
}

export const guestPath = (node: string, kind: GuestKind, vmid: number) =>
  `${callPath`/nodes/${node}`}/${kind}/${vmid}`;

/**
 * Looks at the guests of a node: both lists, and the configuration of each guest that is wanted to be known, at most
 * sixteen requests at a time. Throws CloudError, and GuestDocumentError for an answer that makes no sense.
 */
export async function observeHost(
  reader: Pick<CloudReader, "get">,
  node: string,
  isWanted: (vmid: number) => boolean,
): Promise<ObservedHost> {
  const lists = await Promise.all(
    GUEST_KINDS.map(async (kind) => {
      const path = `${callPath`/nodes/${node}`}/${kind}`;
      const { data } = await reader.get({ service: "hypervisor", path, body: listBody });
      return data.map((guest) => ({ ...guest, vmid: Number(guest.vmid), kind }));
    }),
  );
  const guests = lists.flat();
  const configs = new Map<number, RawConfig>();
  const waiting = guests.filter(({ vmid }) => isWanted(vmid));
  const readNext = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const path = `${guestPath(node, next.kind, next.vmid)}/config`;
      const { data } = await reader.get({ service: "hypervisor", path, body: configBody });
      configs.set(next.vmid, data);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readNext));
  const described = guests.map((guest) => {
    const config = configs.get(guest.vmid);
    return config === undefined ? guest : { ...guest, config };
  });
  return { actual: readActual({ host_id: node, guests: described }), configs };
}
