import type * as z from "zod";
import { cidrCheck as definition } from "#server/domain/operation/network.ts";
import { tenantCidrProblem } from "#server/domain/tenant/cidr.ts";
import { subnetsBody } from "#server/openstack/wire/subnet.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation } from "../handler.ts";

type Parameters = z.output<typeof definition.parameters>;

const ANYWHERE = "0.0.0.0/0";

export const cidrCheck: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const reader = await openReader(context);
    const { problem, compared } = await compare(reader, parameters);
    if (problem !== null) {
      return blocked(
        problem,
        "Change the tenant network in the tenant's inputs, then preview this stage again.",
      );
    }
    return {
      disposition: "read",
      says: `${parameters.cidr} overlaps none of ${compared} other subnets.`,
      outputs: { free: true },
      reads: reader.reads,
    };
  },

  async readBack(context, parameters) {
    const { problem, compared } = await compare(await openReader(context), parameters);
    return { values: { free: problem === null, problem, compared } };
  },
};

async function compare(reader: CloudReader, { cidr, project_id }: Parameters) {
  const { subnets } = await reader.get({ service: "network", path: "/subnets", body: subnetsBody });
  // The tenant's own subnet of exactly this network is what an earlier run made.
  const others = subnets.filter(
    (subnet) => subnet.ip_version === 4 && !(subnet.project_id === project_id && subnet.cidr === cidr),
  );
  const taken = others.map((subnet) => ({
    cidr: subnet.cidr,
    by: `subnet ${subnet.name === "" ? subnet.id : subnet.name} of project ${subnet.project_id}`,
  }));
  return { problem: tenantCidrProblem(cidr, ANYWHERE, taken), compared: others.length };
}
