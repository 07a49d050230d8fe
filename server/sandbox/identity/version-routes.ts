import type { Handler, Route } from "../kernel/router.ts";
import type { World } from "../kernel/world.ts";
import { identityUrl } from "./render.ts";

function renderVersion(world: World) {
  return {
    id: "v3.14",
    status: "stable",
    updated: "2020-04-07T00:00:00Z",
    links: [{ rel: "self", href: identityUrl(world, "/") }],
    "media-types": [{ base: "application/json", type: "application/vnd.openstack.identity-v3+json" }],
  };
}

const listVersions: Handler = (_request, world) => ({
  status: 300,
  body: { versions: { values: [renderVersion(world)] } },
  headers: { Location: identityUrl(world, "/") },
});

const getVersion: Handler = (_request, world) => ({ status: 200, body: { version: renderVersion(world) } });

export const versionRoutes: readonly Route[] = [
  { method: "GET", pattern: "/", handler: listVersions, isPublic: true },
  { method: "GET", pattern: "/v3", handler: getVersion, isPublic: true },
];
