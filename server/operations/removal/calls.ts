import type { Json } from "#server/domain/canonical/json.ts";
import type { CallProbe, PlannedCall } from "#server/domain/plan/plan.ts";
import { type OwnedThing, type ThingKind } from "#server/domain/removal/thing.ts";
import { apiPath } from "#server/openstack/api-path.ts";
import { MAGNUM_VERSION } from "../container-infra/microversion.ts";
import { plannedCall } from "../draft.ts";
import { NOVA_VERSION } from "./workload-things.ts";

type CallParts = Partial<Pick<PlannedCall, "method" | "path" | "body" | "accept" | "headers" | "probe">>;

/** What a kind's removal has of its own; the others are a DELETE that answers 204. */
const OF_KIND: Partial<Record<ThingKind, (thing: OwnedThing) => CallParts>> = {
  cluster: ({ path }) => ({
    headers: MAGNUM_VERSION,
    probe: goneAt(path, { "/status": ["DELETE_IN_PROGRESS"] }),
  }),
  server: ({ path }) => ({ probe: goneAt(path, { "/server/OS-EXT-STS:task_state": ["deleting"] }) }),
  load_balancer: ({ path }) => ({
    path: `${path}?cascade=true`,
    probe: goneAt(path, { "/loadbalancer/provisioning_status": ["PENDING_DELETE", "DELETED"] }),
  }),
  volume: ({ path }) => ({
    path: `${path}?cascade=true`,
    accept: [202],
    probe: goneAt(path, { "/volume/status": ["deleting"] }),
  }),
  keypair: () => ({ headers: NOVA_VERSION }),
  router_interface: (thing) => ({
    method: "PUT",
    path: apiPath`/routers/${thing.with["router_id"] ?? ""}/remove_router_interface`,
    body: { port_id: thing.id },
    accept: [200],
  }),
  router_gateway: ({ path }) => ({
    method: "PUT",
    body: { router: { external_gateway_info: null } },
    accept: [200],
    probe: shownAt(path, { "/router/external_gateway_info": null }),
  }),
  compute_quota: ({ path, with: usual }) => ({
    accept: [202],
    probe: shownAt(path, {
      "/quota_set/cores": Number(usual["cores"]),
      "/quota_set/instances": Number(usual["instances"]),
      "/quota_set/ram": Number(usual["ram"]),
    }),
  }),
  network_quota: ({ path, with: usual }) => ({
    probe: shownAt(path, {
      "/quota/network": Number(usual["network"]),
      "/quota/router": Number(usual["router"]),
      "/quota/floatingip": Number(usual["floatingip"]),
    }),
  }),
  domain_access: ({ path }) => ({
    method: "PATCH",
    body: { domain: { enabled: false } },
    accept: [200],
    probe: shownAt(path, { "/domain/enabled": false }),
  }),
};

/** The one call that removes a thing, and how a lost answer to it is judged. */
export function removalCall(context: { stepId: string }, thing: OwnedThing, number: number): PlannedCall {
  const own = OF_KIND[thing.kind]?.(thing) ?? {};
  return plannedCall(context, `${String(number).padStart(2, "0")}-${thing.kind.replaceAll("_", "-")}`, {
    method: "DELETE",
    service: thing.service,
    path: thing.path,
    body: null,
    effect: "destroy",
    accept: [204],
    probe: goneAt(thing.path, {}),
    ...own,
  });
}

function goneAt(path: string, orShows: Record<string, Json[]>): CallProbe {
  return { path, list: null, captures: {}, gone: { orShows } };
}

function shownAt(path: string, shows: Record<string, Json>): CallProbe {
  return { path, list: null, captures: {}, shows };
}
