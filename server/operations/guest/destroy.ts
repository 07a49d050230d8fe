import type { PlannedCall } from "#server/domain/plan/plan.ts";
import { plannedCall } from "../draft.ts";
import { type GuestTarget, taskOf } from "./calls.ts";
import { findGuest, inWords, type IntentExecutor, seenGuest, stopFirst } from "./intent-executor.ts";
import { guestPath, observeHost } from "./observe.ts";

/** The call that destroys a guest with its disks. */
export function destroyCall(target: GuestTarget, effect: PlannedCall["effect"]): PlannedCall {
  const { node, kind, vmid } = target;
  return plannedCall(target, `guest_destroy_${vmid}`, {
    method: "DELETE",
    service: "hypervisor",
    path: guestPath(node, kind, vmid),
    body: null,
    effect,
    accept: [200],
    task: taskOf(target, "destroy"),
  });
}

export const guestDestroy: IntentExecutor = {
  about: "guest",
  draft(of) {
    const found = findGuest(of, of.intent.vmid);
    if ("kind" in found) return found;
    const stop = stopFirst(found);
    return {
      kind: "made",
      calls: [...stop.calls, destroyCall(found.target, "destroy")],
      says: `${inWords(found.guest)} ${stop.says}is destroyed with its disks.`,
      revert: `Nothing brings it back but a backup of guest ${found.guest.vmid}, if there is one.`,
      seen: [seenGuest(found)],
    };
  },
  async look({ reader, node, outputs }) {
    const { actual } = await observeHost(reader, node, () => false);
    return actual.guests.some(({ vmid }) => String(vmid) === outputs["vmid"]) ? "there" : "as_wanted";
  },
};
