import type { Handler, Route } from "../kernel/router.ts";
import type { World } from "../kernel/world.ts";
import { enforce } from "./enforce.ts";
import { identityUrl, listResponse } from "./render.ts";
import { isFilterMatch } from "./requests.ts";

const listServices: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:list_services" });
  if (refused !== null) return refused;
  const services = world.identity.catalog
    .filter(({ type, name }) => isFilterMatch(request, { type, name }))
    .map(({ serviceId, type, name }) => ({
      name,
      id: serviceId,
      type,
      enabled: true,
      links: { self: identityUrl(world, `/services/${serviceId}`) },
    }));
  return listResponse(request, world, { services });
};

const listEndpoints: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:list_endpoints" });
  if (refused !== null) return refused;
  const endpoints = endpointsOf(world).filter((endpoint) =>
    isFilterMatch(request, {
      service_id: endpoint.service_id,
      interface: endpoint.interface,
      region_id: endpoint.region_id,
    }),
  );
  return listResponse(request, world, { endpoints });
};

function endpointsOf(world: World) {
  const { origin, region } = world.settings;
  return world.identity.catalog.flatMap((entry) =>
    (["admin", "internal", "public"] as const).map((name) => ({
      id: entry.endpointIds[name],
      interface: name,
      region_id: region,
      service_id: entry.serviceId,
      url: `${origin}${entry.path}`,
      region,
      enabled: true,
      links: { self: identityUrl(world, `/endpoints/${entry.endpointIds[name]}`) },
    })),
  );
}

const listRegions: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:list_regions" });
  if (refused !== null) return refused;
  const id = world.settings.region;
  const region = {
    id,
    description: "",
    parent_region_id: null,
    links: { self: identityUrl(world, `/regions/${id}`) },
  };
  return listResponse(request, world, { regions: [region] });
};

export const catalogRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/services", handler: listServices },
  { method: "GET", pattern: "/v3/endpoints", handler: listEndpoints },
  { method: "GET", pattern: "/v3/regions", handler: listRegions },
];
