import type * as z from "zod";
import { subnetEnsure as definition } from "#server/domain/operation/network.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { subnetBody, subnetsBody } from "#server/openstack/wire/subnet.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, differences, outputOf, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { ownOf, severalOf } from "./own-objects.ts";

type Parameters = z.output<typeof definition.parameters>;

export const subnetEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { name, network_id, cidr, dns_nameservers } = parameters;
    const reader = await openReader(context);
    const path = subnetsByName(name);
    const { subnets } = await reader.get({ service: "network", path, body: subnetsBody });
    const own = ownOf(reader, subnets);
    const [found] = own;
    if (own.length > 1) {
      const { says, advice } = severalOf("subnet", name, own.length);
      return blocked(says, advice);
    }
    if (!found) return createDraft(context, parameters, reader.reads);
    const wrong = differences(found, { cidr, network_id, dns_nameservers, ip_version: 4, enable_dhcp: true });
    if (wrong.length > 0) {
      return blocked(
        `The subnet ${name} exists and is another one: ${wrong.join("; ")}.`,
        "Correct the tenant's inputs, or delete the subnet if nothing uses it, then preview again.",
      );
    }
    return {
      disposition: "already_so",
      says: `The subnet ${name} exists with ${cidr}.`,
      outputs: { id: found.id },
      preconditions: [{ says: `The subnet ${name} exists with ${cidr}`, observed: found.id }],
      reads: reader.reads,
    };
  },

  async readBack(context, _parameters, outputs) {
    const reader = await openReader(context);
    const path = callPath`/subnets/${outputOf(outputs, "id")}`;
    const { subnet } = await reader.get({ service: "network", path, body: subnetBody });
    const { id, name, cidr, gateway_ip, network_id, dns_nameservers } = subnet;
    return { values: { id, name, cidr, gateway_ip, network_id, dns_nameservers } };
  },
};

const subnetsByName = (name: string) => callPath`/subnets?name=${name}`;

function createDraft(context: PlanContext, parameters: Parameters, reads: CloudReader["reads"]): StepDraft {
  const { name, network_id, cidr, dns_nameservers } = parameters;
  const create = plannedCall(context, "create", {
    method: "POST",
    service: "network",
    path: "/subnets",
    body: { subnet: { name, network_id, ip_version: 4, cidr, dns_nameservers } },
    accept: [201],
    captures: { id: "/subnet/id" },
    probe: { path: subnetsByName(name), list: "/subnets", captures: { id: "/id" } },
  });
  return {
    disposition: "apply",
    says: `The project has no subnet ${name}: it will be created with ${cidr}.`,
    calls: [create],
    outputs: { id: outputRef(context.stepId, "id") },
    preconditions: [{ says: `No subnet is named ${name}`, observed: null }],
    reads,
    revert: `Delete the subnet ${name}.`,
  };
}
