import type { Json } from "#server/domain/canonical/json.ts";
import type { GuestAction } from "#server/domain/guest/plan.ts";
import type { GuestKind } from "#server/domain/guest/vmid.ts";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import { callPath } from "../call-path.ts";
import { plannedCall } from "../draft.ts";
import { guestPath, type RawConfig } from "./observe.ts";

/** How long a guest may take to shut down by itself before it is stopped, in seconds. */
const SHUTDOWN_S = 120;

/** What tasks of a kind of guest are called. */
const TASK = { qemu: "qm", lxc: "vz" } as const;

export interface GuestTarget {
  stepId: string;
  node: string;
  kind: GuestKind;
  vmid: number;
  config: RawConfig;
}

/** The call that carries out one action on one guest. */
export function callOf(target: GuestTarget, action: GuestAction): PlannedCall {
  switch (action.op) {
    case "start":
      return statusCall(target, { verb: "start", body: {} });
    case "stop":
      return statusCall(target, { verb: "shutdown", body: { timeout: SHUTDOWN_S, forceStop: 1 } });
    case "set_config":
      return configCall(target, action.set);
  }
}

function statusCall(
  target: GuestTarget,
  { verb, body }: { verb: "start" | "shutdown"; body: Json },
): PlannedCall {
  const { node, kind, vmid } = target;
  return plannedCall(target, `${verb === "start" ? "start" : "stop"}_${vmid}`, {
    method: "POST",
    service: "hypervisor",
    path: `${guestPath(node, kind, vmid)}/status/${verb}`,
    body,
    accept: [200],
    task: taskOf(target, verb),
  });
}

/** Where the task of a call is found again: https://pve.proxmox.com/pve-docs/api-viewer/#/nodes/{node}/tasks. */
export function taskOf({ node, kind, vmid }: Pick<GuestTarget, "node" | "kind" | "vmid">, verb: string) {
  return { path: `${callPath`/nodes/${node}`}/tasks`, type: `${TASK[kind]}${verb}`, id: String(vmid) };
}

/**
 * Settings are written at once, over exactly the configuration that was seen: with its digest the hypervisor refuses one
 * that somebody changed meanwhile. What is set shows in the configuration, and what is taken away is not there any more.
 */
function configCall(target: GuestTarget, set: (GuestAction & { op: "set_config" })["set"]): PlannedCall {
  const { node, kind, vmid, config } = target;
  const path = `${guestPath(node, kind, vmid)}/config`;
  const written: Record<string, string | number> = {};
  const shows: Record<string, Json> = {};
  const removed: string[] = [];
  const put = (name: string, value: string | number, shown: Json = value) => {
    written[name] = value;
    shows[`/data/${name}`] = shown;
  };
  if (set.cores !== undefined) put("cores", set.cores);
  if (set.memory_mib !== undefined) put("memory", set.memory_mib, memoryShown(kind, config, set.memory_mib));
  if (set.onboot !== undefined) put("onboot", set.onboot ? 1 : 0);
  const texts = { description: set.description, tags: set.tags?.join(";") };
  for (const [name, text] of Object.entries(texts)) {
    if (text === "") removed.push(name);
    else if (text !== undefined) put(name, text, name === "description" ? `${text}\n` : text);
  }
  return plannedCall(target, `set_config_${vmid}`, {
    method: "PUT",
    service: "hypervisor",
    path,
    body: {
      ...written,
      ...(removed.length === 0 ? {} : { delete: removed.join(",") }),
      ...(config.digest === undefined ? {} : { digest: config.digest }),
    },
    accept: [200],
    probe: {
      path,
      list: null,
      captures: {},
      shows,
      ...(removed.length === 0 ? {} : { lacks: removed.map((name) => `/data/${name}`) }),
    },
  });
}

// Memory of a virtual machine is answered as a text by newer hypervisors, and as a number by older ones and of containers.
function memoryShown(kind: GuestKind, config: RawConfig, mib: number): Json {
  const before = config["memory"];
  const isText = before === undefined ? kind === "qemu" : typeof before === "string";
  return isText ? String(mib) : mib;
}
