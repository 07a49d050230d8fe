import { randomUUID } from "node:crypto";
import type { Route, SandboxRequest } from "#server/sandbox/kernel/router.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { parametersOf, PveFault, pveRoute, userOf } from "./answer.ts";
import { checkSettings, configView, writeConfig } from "./config.ts";
import type { GuestKind, GuestRecord } from "./state.ts";
import { beginTask, findGuest } from "./tasks.ts";

const MIB = 1024 * 1024;

/** What a kind of guest is called in the names of tasks, in configuration files and in messages. */
const NAMES = {
  qemu: { task: "qm", folder: "qemu-server", word: "VM" },
  lxc: { task: "vz", folder: "lxc", word: "CT" },
} as const;

export const guestRoutes: Route[] = (["qemu", "lxc"] as const).flatMap(routesOf);

function routesOf(kind: GuestKind): Route[] {
  const list = `/nodes/:node/${kind}`;
  const one = `${list}/:vmid`;
  return [
    pveRoute("GET", list, (request, world) => guestsOf(request, world, kind).map(listView)),
    pveRoute("POST", list, (request, world) => create(request, world, kind)),
    pveRoute("GET", `${one}/config`, (request, world) => configView(getGuest(request, world, kind))),
    pveRoute("GET", `${one}/status/current`, (request, world) => currentView(getGuest(request, world, kind))),
    pveRoute("POST", `${one}/status/start`, (request, world) => start(request, world, kind)),
    pveRoute("POST", `${one}/status/stop`, (request, world) => stop(request, world, { kind, type: "stop" })),
    pveRoute("POST", `${one}/status/shutdown`, (request, world) =>
      stop(request, world, { kind, type: "shutdown" }),
    ),
    pveRoute("DELETE", one, (request, world) => destroy(request, world, kind)),
    // Both are answered at once, and only a virtual machine has the one that is answered with a task.
    pveRoute("PUT", `${one}/config`, (request, world) => {
      writeConfig(world.hypervisor, getGuest(request, world, kind), parametersOf(request));
      return null;
    }),
    ...(kind === "qemu"
      ? [
          pveRoute("POST", `${one}/config`, (request, world) => {
            const guest = getGuest(request, world, kind);
            writeConfig(world.hypervisor, guest, parametersOf(request));
            return taskOf(request, world, {
              guest,
              type: "qmconfig",
              effect: { kind: "config", vmid: guest.vmid },
            });
          }),
        ]
      : []),
  ];
}

function guestsOf({ params }: SandboxRequest, { hypervisor }: World, kind: GuestKind): GuestRecord[] {
  const node = requireNode(params["node"], hypervisor.nodes);
  return hypervisor.guests.filter((guest) => guest.node === node && guest.kind === kind);
}

export function requireNode(node: string | undefined, nodes: readonly string[]): string {
  if (node !== undefined && nodes.includes(node)) return node;
  throw new PveFault(
    500,
    `hostname lookup '${node ?? ""}' failed - failed to get address info for: ${node ?? ""}`,
  );
}

function getGuest(request: SandboxRequest, world: World, kind: GuestKind): GuestRecord {
  const vmid = request.params["vmid"] ?? "";
  const found = guestsOf(request, world, kind).find((guest) => String(guest.vmid) === vmid);
  if (found) return found;
  const { folder } = NAMES[kind];
  throw new PveFault(
    500,
    `Configuration file 'nodes/${request.params["node"]}/${folder}/${vmid}.conf' does not exist`,
  );
}

const memoryOf = ({ config }: GuestRecord) => Number(config["memory"] ?? 512) * MIB;

// The list of containers answers numbers of guests as texts, that of virtual machines as numbers.
function listView(guest: GuestRecord): Record<string, unknown> {
  const { vmid, kind, status, config } = guest;
  return {
    vmid: kind === "lxc" ? String(vmid) : vmid,
    name: config["name"] ?? config["hostname"] ?? `${NAMES[kind].word}${vmid}`,
    status,
    cpus: Number(config["cores"] ?? 1),
    maxmem: memoryOf(guest),
    ...(kind === "lxc" ? { type: "lxc" } : {}),
    ...(config["tags"] === undefined ? {} : { tags: config["tags"] }),
    ...(config["lock"] === undefined ? {} : { lock: config["lock"] }),
  };
}

const currentView = (guest: GuestRecord) => ({
  ...listView(guest),
  qmpstatus: guest.status,
  ha: { managed: 0 },
});

interface TaskOfGuest {
  guest: GuestRecord;
  type: string;
  effect: Parameters<typeof beginTask>[1]["effect"];
  problem?: string | null;
}

function taskOf(
  request: SandboxRequest,
  { hypervisor }: World,
  { guest, type, effect, problem }: TaskOfGuest,
): string {
  const { node, vmid } = guest;
  const user = userOf(request, { hypervisor }) ?? "";
  const begun = { node, type, id: String(vmid), user, effect, now: request.now };
  return beginTask(hypervisor, begun, problem ?? null);
}

function start(request: SandboxRequest, world: World, kind: GuestKind): string {
  const guest = getGuest(request, world, kind);
  refuseLocked(guest);
  const already = guest.status === "running" ? `${NAMES[kind].word} ${guest.vmid} already running` : null;
  const effect = { kind: "status", vmid: guest.vmid, status: "running" } as const;
  return taskOf(request, world, { guest, type: `${NAMES[kind].task}start`, effect, problem: already });
}

function stop(
  request: SandboxRequest,
  world: World,
  { kind, type }: { kind: GuestKind; type: "stop" | "shutdown" },
) {
  const guest = getGuest(request, world, kind);
  refuseLocked(guest);
  const effect = { kind: "status", vmid: guest.vmid, status: "stopped" } as const;
  return taskOf(request, world, { guest, type: `${NAMES[kind].task}${type}`, effect });
}

function destroy(request: SandboxRequest, world: World, kind: GuestKind): string {
  const guest = getGuest(request, world, kind);
  refuseLocked(guest);
  const { word, task } = NAMES[kind];
  if (guest.status === "running")
    throw new PveFault(500, `${word} ${guest.vmid} is running - destroy failed`);
  return taskOf(request, world, {
    guest,
    type: `${task}destroy`,
    effect: { kind: "removed", vmid: guest.vmid },
  });
}

function refuseLocked({ kind, config, vmid }: GuestRecord): void {
  if (config["lock"] !== undefined)
    throw new PveFault(500, `${NAMES[kind].word} is locked (${config["lock"]}) [${vmid}]`);
}

/** What a virtual machine is given when it is made, and keeps: when that was, and an id that no other one has. */
const marksOf = (now: Date) => ({
  meta: `creation-qemu=9.0.2,ctime=${Math.floor(now.getTime() / 1000)}`,
  smbios1: `uuid=${randomUUID()}`,
});

/** Makes a guest; with `archive` and `force` it is laid over the one that is there. */
function create(request: SandboxRequest, world: World, kind: GuestKind): string {
  const { hypervisor } = world;
  const node = requireNode(request.params["node"], hypervisor.nodes);
  const {
    vmid: number = "",
    archive,
    force,
    storage: _storage,
    ostemplate: _template,
    ...settings
  } = parametersOf(request);
  if (!/^[1-9]\d{2,8}$/.test(number)) {
    throw new PveFault(400, "Parameter verification failed.", {
      vmid: "invalid format - value does not look like a valid VM ID",
    });
  }
  checkSettings(settings);
  const vmid = Number(number);
  const there = findGuest(hypervisor, vmid);
  const guest: GuestRecord = {
    vmid,
    node,
    kind,
    status: "stopped",
    config: { ...(kind === "qemu" ? marksOf(request.now) : {}), ...settings },
  };
  if (there && (archive === undefined || force !== "1")) {
    throw new PveFault(
      500,
      `unable to create ${NAMES[kind].word} ${vmid} - ${NAMES[there.kind].word} ${vmid} already exists on node '${there.node}'`,
    );
  }
  if (archive !== undefined) {
    if (!hypervisor.volumes.some(({ volid }) => volid === archive))
      throw new PveFault(500, `volume '${archive}' does not exist`);
    if (there?.status === "running") throw new PveFault(500, `unable to restore VM ${vmid} - VM is running`);
    const restored = { ...guest, config: { ...there?.config, ...guest.config } };
    return taskOf(request, world, {
      guest,
      type: `${NAMES[kind].task}restore`,
      effect: { kind: "restored", guest: restored },
    });
  }
  hypervisor.guests.push({ ...guest, config: { ...guest.config, lock: "create" } });
  return taskOf(request, world, {
    guest,
    type: `${NAMES[kind].task}create`,
    effect: { kind: "created", vmid },
  });
}
