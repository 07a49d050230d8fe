import { callPath } from "../call-path.ts";
import { plannedCall } from "../draft.ts";
import { taskOf } from "./calls.ts";
import { findGuest, inWords, type IntentExecutor, seenGuest, stopFirst } from "./intent-executor.ts";
import { observeHost } from "./observe.ts";

/** https://pve.proxmox.com/pve-docs/pvesm.1.html: STORAGE:VOLUME. */
const VOLUME = /^[A-Za-z0-9_.-]+:[A-Za-z0-9_./-]+$/;

export const restoreOverwrite: IntentExecutor = {
  about: "guest",
  draft(of) {
    const { context, node, intent } = of;
    const found = findGuest(of, intent.vmid);
    if ("kind" in found) return found;
    const { guest, target } = found;
    const { vmid, kind } = guest;
    const archive = intent.params["archive"];
    if (typeof archive !== "string" || !VOLUME.test(archive)) {
      return {
        kind: "blocked",
        says: `restore_overwrite of guest ${vmid} names no archive: params.archive is a volume such as local:backup/NAME. Nothing was sent.`,
        advice: "Correct the desired state.",
      };
    }
    const stop = stopFirst(found);
    const restore = plannedCall(context, `restore_overwrite_${vmid}`, {
      method: "POST",
      service: "hypervisor",
      path: `${callPath`/nodes/${node}`}/${kind}`,
      body:
        kind === "qemu" ? { vmid, archive, force: 1 } : { vmid, ostemplate: archive, restore: 1, force: 1 },
      effect: "destroy",
      accept: [200],
      task: taskOf(target, "restore"),
    });
    return {
      kind: "made",
      calls: [...stop.calls, restore],
      says: `${inWords(guest)} ${stop.says}is overwritten by ${archive}: what it holds now is lost.`,
      revert: "Nothing brings back what was overwritten.",
      seen: [seenGuest(found)],
      outputs: { volume: archive },
    };
  },
  async look({ reader, node, outputs }) {
    const { actual } = await observeHost(reader, node, () => false);
    return actual.guests.some(({ vmid }) => String(vmid) === outputs["vmid"]) ? "as_wanted" : "gone";
  },
};
