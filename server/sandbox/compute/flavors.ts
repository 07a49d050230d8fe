import { findObject } from "#server/sandbox/kernel/wire.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { novaFault, policyDenied } from "./faults.ts";
import { nova, type NovaCall } from "./microversion.ts";
import type { FlavorRecord } from "./state.ts";

export const flavorRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.1/flavors", handler: nova(listFlavors) },
  { method: "POST", pattern: "/v2.1/flavors", handler: nova(createFlavor) },
  { method: "GET", pattern: "/v2.1/flavors/detail", handler: nova(listFlavorDetails) },
  { method: "GET", pattern: "/v2.1/flavors/:flavorId", handler: nova(showFlavor) },
  { method: "GET", pattern: "/v2.1/flavors/:flavorId/os-extra_specs", handler: nova(listExtraSpecs) },
];

function listFlavors(call: NovaCall): SandboxResponse {
  const flavors = visibleFlavors(call).map((flavor) => ({
    id: flavor.id,
    name: flavor.name,
    links: flavorLinks(call.world, flavor.id),
    ...(call.minor >= 55 ? { description: flavor.description } : {}),
  }));
  return { status: 200, body: { flavors } };
}

function listFlavorDetails(call: NovaCall): SandboxResponse {
  return { status: 200, body: { flavors: visibleFlavors(call).map((flavor) => flavorView(call, flavor)) } };
}

function showFlavor(call: NovaCall): SandboxResponse {
  const flavor = findFlavor(call);
  return flavor === null ? flavorNotFound(call) : { status: 200, body: { flavor: flavorView(call, flavor) } };
}

function listExtraSpecs(call: NovaCall): SandboxResponse {
  const flavor = findFlavor(call);
  return flavor === null ? flavorNotFound(call) : { status: 200, body: { extra_specs: flavor.extraSpecs } };
}

function createFlavor(call: NovaCall): SandboxResponse {
  if (!call.isAdmin) return policyDenied("os-flavor-manage:create");
  const given = findObject(call.request.body, "flavor");
  const { name, vcpus, ram, disk } = given ?? {};
  if (
    typeof name !== "string" ||
    typeof vcpus !== "number" ||
    typeof ram !== "number" ||
    typeof disk !== "number"
  ) {
    return novaFault(
      400,
      "Invalid input for field/attribute flavor. name, vcpus, ram and disk are required.",
    );
  }
  if (call.world.compute.flavors.some((flavor) => flavor.name === name)) {
    return novaFault(409, `Flavor with name ${name} already exists.`);
  }
  const flavor: FlavorRecord = {
    id: newUuid(),
    name,
    vcpus,
    ramMb: ram,
    diskGb: disk,
    isPublic: given?.["os-flavor-access:is_public"] !== false,
    description: null,
    extraSpecs: {},
  };
  call.world.compute.flavors.push(flavor);
  return { status: 200, body: { flavor: flavorView(call, flavor) } };
}

/** `is_public` is an administrator's filter; others always see the public flavors only. Sorted by id, as Nova does. */
function visibleFlavors(call: NovaCall): FlavorRecord[] {
  const asked = (call.request.query.get("is_public") ?? "true").toLowerCase();
  const isWanted = (flavor: FlavorRecord): boolean => {
    if (!call.isAdmin) return flavor.isPublic;
    return asked === "none" || flavor.isPublic === (asked === "true");
  };
  return call.world.compute.flavors.filter(isWanted).toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

function findFlavor(call: NovaCall): FlavorRecord | null {
  const id = call.request.params["flavorId"];
  return call.world.compute.flavors.find((flavor) => flavor.id === id) ?? null;
}

function flavorNotFound(call: NovaCall): SandboxResponse {
  return novaFault(404, `Flavor ${call.request.params["flavorId"] ?? ""} could not be found.`);
}

function flavorView(call: NovaCall, flavor: FlavorRecord): Record<string, unknown> {
  return {
    id: flavor.id,
    name: flavor.name,
    ram: flavor.ramMb,
    disk: flavor.diskGb,
    swap: call.minor >= 75 ? 0 : "",
    "OS-FLV-EXT-DATA:ephemeral": 0,
    "OS-FLV-DISABLED:disabled": false,
    vcpus: flavor.vcpus,
    "os-flavor-access:is_public": flavor.isPublic,
    rxtx_factor: 1,
    links: flavorLinks(call.world, flavor.id),
    ...(call.minor >= 55 ? { description: flavor.description } : {}),
    ...(call.minor >= 61 ? { extra_specs: flavor.extraSpecs } : {}),
  };
}

function flavorLinks(world: World, id: string): { rel: string; href: string }[] {
  const base = `${world.settings.origin}/compute`;
  return [
    { rel: "self", href: `${base}/v2.1/flavors/${id}` },
    { rel: "bookmark", href: `${base}/flavors/${id}` },
  ];
}
