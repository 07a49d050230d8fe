import type * as z from "zod";
import { routerInterfaceEnsure as definition } from "#server/domain/operation/network.ts";
import { type Port, portsBody } from "#server/openstack/wire/router.ts";
import { callPath, isKnown } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { isInterface } from "./router-ports.ts";

type Parameters = z.output<typeof definition.parameters>;

export const routerInterfaceEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    if (!isKnown(parameters.router_id) || !isKnown(parameters.subnet_id)) {
      return addDraft(context, parameters, []);
    }
    // Adding it twice is answered with 400, not 409, so the ports are read first.
    const reader = await openReader(context);
    const port = await findPort(reader, parameters);
    if (port === null) return addDraft(context, parameters, reader.reads);
    return {
      disposition: "already_so",
      says: "The subnet is attached to the router.",
      outputs: {},
      preconditions: [{ says: "The subnet is attached to the router", observed: port.id }],
      reads: reader.reads,
    };
  },

  async readBack(context, parameters) {
    const port = await findPort(await openReader(context), parameters);
    const ip = port?.fixed_ips.find((fixed) => fixed.subnet_id === parameters.subnet_id)?.ip_address ?? null;
    return { values: { attached: port !== null, port_id: port?.id ?? null, ip } };
  },
};

async function findPort(reader: CloudReader, { router_id, subnet_id }: Parameters): Promise<Port | null> {
  const path = callPath`/ports?device_id=${router_id}`;
  const { ports } = await reader.get({ service: "network", path, body: portsBody });
  const onSubnet = (port: Port) => port.fixed_ips.some((fixed) => fixed.subnet_id === subnet_id);
  return ports.find((port) => isInterface(port) && onSubnet(port)) ?? null;
}

function addDraft(
  context: PlanContext,
  { router_id, subnet_id }: Parameters,
  reads: CloudReader["reads"],
): StepDraft {
  const add = plannedCall(context, "add", {
    method: "PUT",
    service: "network",
    path: callPath`/routers/${router_id}/add_router_interface`,
    body: { subnet_id },
    accept: [200],
    captures: { port_id: "/port_id" },
    probe: {
      path: `${callPath`/ports?device_id=${router_id}`}&fixed_ips=subnet_id%3D${subnet_id}`,
      list: "/ports",
      captures: { port_id: "/id" },
    },
  });
  return {
    disposition: "apply",
    says: "The subnet is not attached to the router: it will be.",
    calls: [add],
    outputs: {},
    preconditions: [{ says: "The subnet is not attached to the router", observed: null }],
    reads,
    revert: "Take the subnet off the router: PUT remove_router_interface with the same body.",
  };
}
