import type { Handler, SandboxResponse, Service } from "#server/sandbox/kernel/router.ts";
import { middlewareUnauthorized } from "#server/sandbox/kernel/wire.ts";
import { magnum, type MagnumCall } from "./call.ts";
import { clusterRoutes } from "./clusters.ts";
import { faultDocument, MagnumFault, policyDenied } from "./faults.ts";
import { quotaRoutes } from "./quotas.ts";
import { templateRoutes } from "./templates.ts";
import { wireTime } from "./view.ts";

const showVersions: Handler = (_request, world) => ({
  status: 200,
  body: {
    name: "OpenStack Magnum API",
    description: "Magnum is an OpenStack project which aims to provide container cluster management.",
    versions: [
      {
        id: "v1",
        links: [{ href: `${world.settings.origin}/container-infra/v1/`, rel: "self" }],
        status: "CURRENT",
        max_version: "1.10",
        min_version: "1.1",
      },
    ],
  },
});

function listServices(call: MagnumCall): SandboxResponse {
  if (!call.isAdmin) throw policyDenied("magnum-service:get_all");
  return {
    status: 200,
    body: {
      mservices: [
        {
          host: "controller",
          binary: "magnum-conductor",
          state: "up",
          id: 1,
          report_count: 1,
          disabled: false,
          disabled_reason: null,
          created_at: wireTime(call.state.startedAt),
          updated_at: wireTime(call.request.now.toISOString()),
        },
      ],
    },
  };
}

/** Magnum v1 with a driver that provisions nothing: templates, and clusters with their trustee and trust. */
export const containerInfraService: Service = {
  type: "container-infra",
  name: "magnum",
  prefix: "/container-infra",
  endpointPath: "/v1",
  routes: [
    { method: "GET", pattern: "/", handler: showVersions, isPublic: true },
    { method: "GET", pattern: "/v1/mservices", handler: magnum(listServices) },
    ...templateRoutes,
    ...clusterRoutes,
    ...quotaRoutes,
  ],
  unauthorized: middlewareUnauthorized,
  notFound: () => ({
    status: 404,
    body: faultDocument(new MagnumFault(404, "The resource could not be found.")),
  }),
};
