import { routerRead as definition } from "#server/domain/operation/network.ts";
import { portsBody, type Router, routerBody } from "#server/openstack/wire/router.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import type { Operation, ReadContext } from "../handler.ts";
import { ROUTER_ACTIVE_DEADLINE_MS, ROUTER_POLL_MS } from "../limits.ts";
import { isInterface } from "./router-ports.ts";

export const routerRead: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, { router_id }) {
    return {
      disposition: "read",
      says: "The router, its way out and what is attached to it are read.",
      outputs: {},
      reads: [
        { service: "network", path: routerPath(router_id) },
        { service: "network", path: portsPath(router_id) },
      ],
    };
  },

  async readBack(context, { router_id }) {
    const reader = await openReader(context);
    const router = await awaitActive(context, reader, router_id);
    const { ports } = await reader.get({ service: "network", path: portsPath(router_id), body: portsBody });
    const gateway = router.external_gateway_info;
    const subnets = ports
      .filter(isInterface)
      .flatMap((port) => port.fixed_ips.map((fixed) => fixed.subnet_id));
    return {
      values: {
        id: router.id,
        name: router.name,
        status: router.status,
        project_id: router.project_id,
        network_id: gateway?.network_id ?? null,
        enable_snat: gateway?.enable_snat ?? null,
        snat_ip: gateway?.external_fixed_ips[0]?.ip_address ?? null,
        subnets: [...new Set(subnets)].sort(),
      },
    };
  },
};

const routerPath = (routerId: string) => callPath`/routers/${routerId}`;
const portsPath = (routerId: string) => callPath`/ports?device_id=${routerId}`;

/** The router once it is ACTIVE or in error, or as it is when the wait is over. */
async function awaitActive(context: ReadContext, reader: CloudReader, routerId: string): Promise<Router> {
  const until = context.now().getTime() + ROUTER_ACTIVE_DEADLINE_MS;
  for (;;) {
    const path = routerPath(routerId);
    const { router } = await reader.get({ service: "network", path, body: routerBody });
    const isSettled = router.status === "ACTIVE" || router.status === "ERROR";
    if (isSettled || context.signal.aborted || context.now().getTime() >= until) return router;
    await context.say(`The router is ${router.status}.`);
    await context.wait(ROUTER_POLL_MS);
  }
}
