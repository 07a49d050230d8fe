import { randomInt } from "node:crypto";
import type { GuestRecord, HypervisorState, TaskEffect, TaskRecord } from "./state.ts";

/**
 * Begins a task and answers its number. UPID:node:pid:pstart:starttime:type:id:user: -
 * https://git.proxmox.com/?p=pve-common.git;a=blob;f=src/PVE/Tools.pm (upid_encode).
 */
export function beginTask(
  state: HypervisorState,
  {
    node,
    type,
    id,
    user,
    effect,
    now,
  }: Pick<TaskRecord, "node" | "type" | "id" | "user" | "effect"> & {
    now: Date;
  },
  problem: string | null = null,
): string {
  const startTime = Math.floor(now.getTime() / 1000);
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");
  const upid = `UPID:${node}:${hex(randomInt(1, 0xffffff))}:${hex(randomInt(1, 0xffffff))}:${hex(startTime)}:${type}:${id}:${user}:`;
  const bad = state.isNextTaskBad ? "command 'task' failed: exit code 1" : problem;
  state.isNextTaskBad = false;
  const endsAtMs = now.getTime() + state.taskMs;
  state.tasks.unshift({
    upid,
    node,
    type,
    id,
    user,
    startTime,
    endsAtMs,
    effect,
    exitStatus: bad ?? "OK",
    isOver: false,
  });
  state.tasks = state.tasks.slice(0, 1000);
  return upid;
}

/** Everything whose time has come happens, oldest first. */
export function settleTasks(state: HypervisorState, now: Date): void {
  for (const task of state.tasks.toReversed()) {
    if (task.isOver || task.endsAtMs > now.getTime()) continue;
    task.isOver = true;
    if (task.exitStatus === "OK") happen(state, task.effect);
    else if (task.effect.kind === "created") remove(state, task.effect.vmid);
  }
}

function happen(state: HypervisorState, effect: TaskEffect): void {
  switch (effect.kind) {
    case "status": {
      const guest = findGuest(state, effect.vmid);
      if (guest) guest.status = effect.status;
      return;
    }
    case "created":
      delete findGuest(state, effect.vmid)?.config["lock"];
      return;
    case "removed":
      return remove(state, effect.vmid);
    case "restored":
      remove(state, effect.guest.vmid);
      state.guests.push(effect.guest);
      return;
    case "volume_removed":
      state.volumes = state.volumes.filter(({ volid }) => volid !== effect.volid);
      return;
    case "config":
      return;
  }
}

function remove(state: HypervisorState, vmid: number): void {
  state.guests = state.guests.filter((guest) => guest.vmid !== vmid);
  state.volumes = state.volumes.filter((volume) => volume.vmid !== vmid || volume.content === "backup");
}

export const findGuest = (state: HypervisorState, vmid: number): GuestRecord | undefined =>
  state.guests.find((guest) => guest.vmid === vmid);

/** A task as the list and its own address show it. */
export function taskView(task: TaskRecord) {
  const { upid, node, type, id, user, startTime, isOver, exitStatus, endsAtMs } = task;
  const [, , pid = "0", pstart = "0"] = upid.split(":");
  const common = {
    upid,
    node,
    type,
    id,
    user,
    starttime: startTime,
    pid: Number(`0x${pid}`),
    pstart: Number(`0x${pstart}`),
  };
  return {
    listed: isOver ? { ...common, status: exitStatus, endtime: Math.floor(endsAtMs / 1000) } : common,
    own: isOver ? { ...common, status: "stopped", exitstatus: exitStatus } : { ...common, status: "running" },
  };
}
