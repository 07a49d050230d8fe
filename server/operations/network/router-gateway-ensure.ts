import type * as z from "zod";
import { routerGatewayEnsure as definition } from "#server/domain/operation/network.ts";
import { routerBody } from "#server/openstack/wire/router.ts";
import { callPath, isKnown } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";

type Parameters = z.output<typeof definition.parameters>;

export const routerGatewayEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { router_id, network_id } = parameters;
    if (!isKnown(router_id)) return setDraft(context, parameters, []);
    const reader = await openReader(context);
    const path = routerPath(router_id);
    const { router } = await reader.get({ service: "network", path, body: routerBody });
    const gateway = router.external_gateway_info;
    if (gateway === null) return setDraft(context, parameters, reader.reads);
    if (gateway.network_id !== network_id) {
      return blocked(
        `The router ${router.name} leads out over another network: network_id is ${gateway.network_id}, not ${network_id}.`,
        "Clear the router's gateway if nothing depends on it, then preview again.",
      );
    }
    return {
      disposition: "already_so",
      says: `The router ${router.name} leads out over the external network.`,
      outputs: {},
      preconditions: [{ says: "The router's gateway is set", observed: gateway.network_id }],
      reads: reader.reads,
    };
  },

  async readBack(context, { router_id }) {
    const reader = await openReader(context);
    const path = routerPath(router_id);
    const { router } = await reader.get({ service: "network", path, body: routerBody });
    const gateway = router.external_gateway_info;
    return {
      values: {
        network_id: gateway?.network_id ?? null,
        enable_snat: gateway?.enable_snat ?? null,
        snat_ip: gateway?.external_fixed_ips[0]?.ip_address ?? null,
      },
    };
  },
};

const routerPath = (routerId: string) => callPath`/routers/${routerId}`;

function setDraft(
  context: PlanContext,
  { router_id, network_id }: Parameters,
  reads: CloudReader["reads"],
): StepDraft {
  const path = routerPath(router_id);
  const set = plannedCall(context, "set", {
    method: "PUT",
    service: "network",
    path,
    // enable_snat stays unsaid: only administrators may set it, and its default is true.
    body: { router: { external_gateway_info: { network_id } } },
    accept: [200],
    probe: { path, list: "/router/external_gateway_info/external_fixed_ips", captures: {} },
  });
  return {
    disposition: "apply",
    says: "The router has no way out: it will lead over the external network and take one address there.",
    calls: [set],
    outputs: {},
    preconditions: [{ says: "The router has no gateway", observed: null }],
    reads,
    revert: "Clear the router's gateway; its address goes back to the pool.",
  };
}
