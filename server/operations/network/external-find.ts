import * as z from "zod";
import { externalNetworkFind as definition } from "#server/domain/operation/network.ts";
import { type Network, networksBody } from "#server/openstack/wire/network.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, notFound } from "../draft.ts";
import type { Operation } from "../handler.ts";

/** https://docs.openstack.org/api-ref/network/v2/#network-ip-availability-and-usage-stats */
const availabilityBody = z.looseObject({
  network_ip_availability: z.looseObject({ total_ips: z.number(), used_ips: z.number() }),
});

export const externalNetworkFind: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { name }) {
    const reader = await openReader(context);
    const found = await findExternal(reader, name);
    if ("problem" in found) {
      return blocked(
        found.problem,
        `Create ${name} as an external network as cloud administrator, then preview again.`,
      );
    }
    return {
      disposition: "read",
      says: `${name} is an external network.`,
      outputs: { id: found.network.id },
      reads: reader.reads,
    };
  },

  async readBack(context, { name }) {
    const reader = await openReader(context);
    const found = await findExternal(reader, name);
    if ("problem" in found) throw notFound(found.problem);
    const { network } = found;
    const free = await findFreeAddresses(reader, network.id);
    await context.say(
      free === null
        ? `${name}: how many addresses are free cannot be read here.`
        : `${name}: ${free} addresses free.`,
    );
    return {
      values: {
        id: network.id,
        name: network.name,
        external: network["router:external"] === true,
        status: network.status,
        free_addresses: free,
      },
      findings:
        free !== null && free < 1
          ? [
              {
                code: "external_addresses_exhausted",
                severity: "problem",
                says: `${name} has no free address left. A router needs one, and each cluster two more.`,
                observed: { free },
              },
            ]
          : [],
    };
  },
};

async function findExternal(
  reader: CloudReader,
  name: string,
): Promise<{ network: Network } | { problem: string }> {
  const path = callPath`/networks?name=${name}`;
  const { networks } = await reader.get({ service: "network", path, body: networksBody });
  const external = networks.filter((network) => network["router:external"] === true);
  const [only] = external;
  if (!only) return { problem: `The cloud has no external network named ${name}.` };
  if (external.length > 1) return { problem: `${external.length} external networks are named ${name}.` };
  return { network: only };
}

/** Null where the extension is missing or this identity may not read it. */
async function findFreeAddresses(reader: CloudReader, networkId: string): Promise<number | null> {
  const path = callPath`/network-ip-availabilities/${networkId}`;
  const answer = await reader.ask({ service: "network", path, accept: [200, 403, 404] });
  const parsed = answer.status === 200 ? availabilityBody.safeParse(answer.body) : null;
  if (!parsed?.success) return null;
  const { total_ips, used_ips } = parsed.data.network_ip_availability;
  return Math.max(0, total_ips - used_ips);
}
