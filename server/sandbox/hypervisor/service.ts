import type { Route, Service } from "#server/sandbox/kernel/router.ts";
import { accessRoutes } from "./access.ts";
import { noTicket, PveFault, pveRoute, userOf } from "./answer.ts";
import { guestRoutes, requireNode } from "./guests.ts";
import type { TaskRecord } from "./state.ts";
import { beginTask, taskView } from "./tasks.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import type { SandboxRequest } from "#server/sandbox/kernel/router.ts";

const LIST_USUAL = 50;

const nodeRoutes: Route[] = [
  pveRoute("GET", "/version", () => ({ version: "8.4.1", release: "8.4", repoid: "2a5fa54a8503f96d" })),
  pveRoute("GET", "/nodes", (_request, { hypervisor }) =>
    hypervisor.nodes.map((node) => ({ node, type: "node", id: `node/${node}`, status: "online" })),
  ),
  pveRoute("GET", "/nodes/:node/tasks", listTasks),
  pveRoute(
    "GET",
    "/nodes/:node/tasks/:upid/status",
    (request, world) => taskView(getTask(request, world)).own,
  ),
  pveRoute("GET", "/nodes/:node/tasks/:upid/log", (request, world) => logOf(getTask(request, world))),
  pveRoute("GET", "/nodes/:node/storage/:storage/content", (request, { hypervisor }) => {
    const node = requireNode(request.params["node"], hypervisor.nodes);
    return hypervisor.volumes
      .filter((volume) => volume.node === node && volume.storage === request.params["storage"])
      .map(({ volid, content, vmid, size }) => ({ volid, content, vmid, size, format: "raw" }));
  }),
  pveRoute("DELETE", "/nodes/:node/storage/:storage/content/:volume", removeVolume),
];

/** Proxmox VE, as far as guests are looked at and changed through it: https://pve.proxmox.com/pve-docs/api-viewer/. */
export const hypervisorService: Service = {
  type: "hypervisor",
  name: "pve",
  prefix: "/api2/json",
  endpointPath: "",
  routes: [...nodeRoutes, ...guestRoutes, ...accessRoutes],
  hasOwnTokens: true,
  unauthorized: noTicket,
  notFound: () => ({ status: 501, body: { data: null, message: "Method not implemented\n" } }),
};

/** What runs now is in the list only when all sources are asked for. */
function listTasks({ params, query }: SandboxRequest, { hypervisor }: World): unknown[] {
  const node = requireNode(params["node"], hypervisor.nodes);
  const since = Number(query.get("since") ?? 0);
  const isAll = query.get("source") === "all";
  const limit = Number(query.get("limit") ?? LIST_USUAL);
  return hypervisor.tasks
    .filter((task) => task.node === node && task.startTime >= since && (isAll || task.isOver))
    .filter((task) => query.get("vmid") === null || task.id === query.get("vmid"))
    .filter((task) => query.get("typefilter") === null || task.type === query.get("typefilter"))
    .slice(0, limit)
    .map((task) => taskView(task).listed);
}

function getTask({ params }: SandboxRequest, { hypervisor }: World): TaskRecord {
  requireNode(params["node"], hypervisor.nodes);
  const found = hypervisor.tasks.find(({ upid }) => upid === params["upid"]);
  if (found) return found;
  throw new PveFault(500, `unable to parse worker upid '${params["upid"] ?? ""}'`);
}

function logOf({ isOver, exitStatus, type, id }: TaskRecord): { n: number; t: string }[] {
  const lines = [
    `${type} ${id}`,
    ...(isOver ? [exitStatus === "OK" ? "TASK OK" : `TASK ERROR: ${exitStatus}`] : []),
  ];
  return lines.map((t, at) => ({ n: at + 1, t }));
}

function removeVolume(request: SandboxRequest, { hypervisor }: World): string {
  const node = requireNode(request.params["node"], hypervisor.nodes);
  const volid = request.params["volume"] ?? "";
  if (!hypervisor.volumes.some((volume) => volume.volid === volid)) {
    throw new PveFault(500, `volume '${volid}' does not exist`);
  }
  return beginTask(hypervisor, {
    node,
    type: "imgdel",
    id: volid,
    user: userOf(request, { hypervisor }) ?? "",
    effect: { kind: "volume_removed", volid },
    now: request.now,
  });
}
