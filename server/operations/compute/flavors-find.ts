import type * as z from "zod";
import { flavorsFind as definition } from "#server/domain/operation/compute.ts";
import { type Flavor, flavorsBody } from "#server/openstack/wire/flavor.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, notFound } from "../draft.ts";
import type { Operation } from "../handler.ts";

type Parameters = z.output<typeof definition.parameters>;

export const flavorsFind: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const reader = await openReader(context);
    const capable = await readCapable(reader, parameters);
    const chosen = chooseFlavor(capable, parameters.prefer);
    if (chosen === null) {
      return blocked(
        missing(parameters),
        "Publish one as cloud administrator, then preview this stage again.",
      );
    }
    return {
      disposition: "read",
      says: `${chosen.name} has ${chosen.vcpus} processors and ${chosen.ram} MiB.`,
      outputs: { id: chosen.id, name: chosen.name },
      reads: reader.reads,
    };
  },

  async readBack(context, parameters) {
    const capable = await readCapable(await openReader(context), parameters);
    const chosen = chooseFlavor(capable, parameters.prefer);
    if (chosen === null) throw notFound(missing(parameters));
    return {
      values: {
        id: chosen.id,
        name: chosen.name,
        vcpus: chosen.vcpus,
        ram_mb: chosen.ram,
        is_preferred: chosen.name === parameters.prefer,
        capable: capable.map((flavor) => flavor.name),
      },
    };
  },
};

/** Public flavors of at least that size, smallest first. */
async function readCapable(reader: CloudReader, { min_vcpus, min_ram_mb }: Parameters): Promise<Flavor[]> {
  const { flavors } = await reader.get({ service: "compute", path: "/flavors/detail", body: flavorsBody });
  return flavors
    .filter(
      (flavor) =>
        flavor["os-flavor-access:is_public"] !== false && flavor["OS-FLV-DISABLED:disabled"] !== true,
    )
    .filter((flavor) => flavor.vcpus >= min_vcpus && flavor.ram >= min_ram_mb)
    .sort((a, b) => a.ram - b.ram || a.vcpus - b.vcpus || a.name.localeCompare(b.name));
}

/** The preferred one when it is large enough; otherwise the smallest that is. */
export function chooseFlavor(capable: readonly Flavor[], prefer: string): Flavor | null {
  return capable.find((flavor) => flavor.name === prefer) ?? capable[0] ?? null;
}

function missing({ min_vcpus, min_ram_mb }: Parameters): string {
  return `The cloud has no public flavor with at least ${min_vcpus} processors and ${min_ram_mb} MiB.`;
}
