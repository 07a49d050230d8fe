import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import {
  isOwnerOrAdmin,
  neutron,
  type NeutronCall,
  ownerFor,
  readDocument,
  readFlag,
  readText,
} from "./call.ts";
import { NeutronFault, routerNotFound } from "./faults.ts";
import { listAnswer, showAnswer } from "./listing.ts";
import { removePorts } from "./ports.ts";
import { requireQuota } from "./quotas.ts";
import { readGatewayChange } from "./router-gateway.ts";
import { born, type RouterRecord, touch } from "./state.ts";
import { routerView } from "./view.ts";

const changeable = ["name", "description", "admin_state_up", "external_gateway_info"];
const updatable = new Set([...changeable, "routes"]);
const accepted = new Set([...changeable, "project_id", "tenant_id", "availability_zone_hints"]);
const filters = new Set(["id", "name", "description", "status", "admin_state_up", "project_id", "tenant_id"]);

export const routerRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.0/routers", handler: neutron(listRouters) },
  { method: "POST", pattern: "/v2.0/routers", handler: neutron(createRouter) },
  { method: "GET", pattern: "/v2.0/routers/:routerId", handler: neutron(showRouter) },
  { method: "PUT", pattern: "/v2.0/routers/:routerId", handler: neutron(updateRouter) },
  { method: "DELETE", pattern: "/v2.0/routers/:routerId", handler: neutron(deleteRouter) },
];

/** The router named in the path, when it is the caller's or the caller is an administrator. */
export function getVisibleRouter(call: NeutronCall): RouterRecord {
  const id = call.request.params["routerId"] ?? "";
  const router = call.state.routers.find((candidate) => candidate.id === id);
  if (router === undefined || !isOwnerOrAdmin(call, router)) throw routerNotFound(id);
  return router;
}

function listRouters(call: NeutronCall): SandboxResponse {
  const views = call.state.routers
    .filter((router) => isOwnerOrAdmin(call, router))
    .map((router) => routerView(call.state, router));
  return listAnswer(call, { name: "routers", filters }, views);
}

function showRouter(call: NeutronCall): SandboxResponse {
  return showAnswer(call, "router", routerView(call.state, getVisibleRouter(call)));
}

function createRouter(call: NeutronCall): SandboxResponse {
  const document = readDocument(call, "router", accepted);
  const projectId = ownerFor(call, document);
  const changeGateway = readGatewayChange(call, "create_router", document);
  requireQuota(call, projectId, "router");
  const router: RouterRecord = {
    id: newUuid(),
    name: readText(document, "name", ""),
    projectId,
    description: readText(document, "description", ""),
    ...born(call.request.now, 1),
    isAdminUp: readFlag(document, "admin_state_up", true),
    gateway: null,
  };
  changeGateway(router);
  call.state.routers.push(router);
  return { status: 201, body: { router: routerView(call.state, router) } };
}

function updateRouter(call: NeutronCall): SandboxResponse {
  const router = getVisibleRouter(call);
  const document = readDocument(call, "router", updatable);
  const changeGateway = readGatewayChange(call, "update_router", document);
  const name = readText(document, "name", router.name);
  const description = readText(document, "description", router.description);
  const isAdminUp = readFlag(document, "admin_state_up", router.isAdminUp);
  changeGateway(router);
  Object.assign(router, { name, description, isAdminUp });
  touch(router, call.request.now);
  return { status: 200, body: { router: routerView(call.state, router) } };
}

function deleteRouter(call: NeutronCall): SandboxResponse {
  const router = getVisibleRouter(call);
  const attached = call.state.ports.filter(
    (port) => port.deviceId === router.id && port.deviceOwner === "network:router_interface",
  );
  if (attached.length > 0) {
    const ids = attached.map((port) => port.id).join(", ");
    throw new NeutronFault(409, "RouterInUse", `Router ${router.id} has ports still attached: ${ids}`);
  }
  removePorts(call, (port) => port.deviceId === router.id);
  call.state.routers = call.state.routers.filter((other) => other !== router);
  return { status: 204 };
}
