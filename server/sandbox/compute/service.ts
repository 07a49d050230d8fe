import type { Handler, Service } from "#server/sandbox/kernel/router.ts";
import { middlewareUnauthorized } from "#server/sandbox/kernel/wire.ts";
import { flavorRoutes } from "./flavors.ts";
import { keypairRoutes } from "./keypairs.ts";
import { MAX_MINOR, versionHeaders } from "./microversion.ts";
import { quotaRoutes } from "./quota-sets.ts";
import { serverRoutes } from "./servers.ts";

const showVersion: Handler = (request, world) => ({
  status: 200,
  headers: versionHeaders(1, request.requestId),
  body: { version: { ...versionView(world.settings.origin), "media-types": mediaTypes } },
});

const listVersions: Handler = (_request, world) => ({
  status: 200,
  body: { versions: [versionView(world.settings.origin)] },
});

const mediaTypes = [{ base: "application/json", type: "application/vnd.openstack.compute+json;version=2.1" }];

function versionView(origin: string): Record<string, unknown> {
  return {
    id: "v2.1",
    status: "CURRENT",
    version: `2.${MAX_MINOR}`,
    min_version: "2.1",
    updated: "2013-07-23T11:33:21Z",
    links: [
      { rel: "self", href: `${origin}/compute/v2.1/` },
      { rel: "describedby", type: "text/html", href: "http://docs.openstack.org/" },
    ],
  };
}

/** Nova, as far as onboarding and its denials use it: flavors, key pairs, quotas, limits, empty server lists. */
export const computeService: Service = {
  type: "compute",
  name: "nova",
  prefix: "/compute",
  endpointPath: "/v2.1",
  routes: [
    { method: "GET", pattern: "/", handler: listVersions, isPublic: true },
    { method: "GET", pattern: "/v2.1", handler: showVersion, isPublic: true },
    ...flavorRoutes,
    ...keypairRoutes,
    ...quotaRoutes,
    ...serverRoutes,
  ],
  unauthorized: middlewareUnauthorized,
  notFound: () => ({
    status: 404,
    headers: { "Content-Type": "application/json; charset=UTF-8" },
    body: { itemNotFound: { code: 404, message: "The resource could not be found." } },
  }),
};
