import type { Handler, Service } from "#server/sandbox/kernel/router.ts";
import { middlewareUnauthorized } from "#server/sandbox/kernel/wire.ts";
import { floatingIpRoutes } from "./floating-ips.ts";
import { networkRoutes } from "./networks.ts";
import { portRoutes } from "./ports.ts";
import { quotaRoutes } from "./quotas.ts";
import { routerInterfaceRoutes } from "./router-interfaces.ts";
import { routerRoutes } from "./routers.ts";
import { securityGroupRoutes } from "./security-groups.ts";
import { subnetRoutes } from "./subnets.ts";

const listVersions: Handler = (_request, world) => ({
  status: 200,
  body: {
    versions: [
      {
        id: "v2.0",
        status: "CURRENT",
        links: [{ rel: "self", href: `${world.settings.origin}/network/v2.0/` }],
      },
    ],
  },
});

/** Neutron with its router plugin and no agents: networks, subnets, routers, ports, floating IPs, quotas. */
export const networkService: Service = {
  type: "network",
  name: "neutron",
  prefix: "/network",
  endpointPath: "",
  routes: [
    { method: "GET", pattern: "/", handler: listVersions, isPublic: true },
    ...networkRoutes,
    ...subnetRoutes,
    ...routerRoutes,
    ...routerInterfaceRoutes,
    ...portRoutes,
    ...floatingIpRoutes,
    ...securityGroupRoutes,
    ...quotaRoutes,
  ],
  unauthorized: middlewareUnauthorized,
  notFound: () => ({
    status: 404,
    body: {
      NeutronError: { type: "HTTPNotFound", message: "The resource could not be found.", detail: "" },
    },
  }),
};
