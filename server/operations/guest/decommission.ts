import { destroyCall } from "./destroy.ts";
import { findGuest, inWords, type IntentExecutor, seenGuest, stopFirst } from "./intent-executor.ts";
import { observeHost } from "./observe.ts";

/** Destroys every guest of a host, one call each. What is recorded of it makes that nothing more is planned there. */
export const decommission: IntentExecutor = {
  about: "host",
  draft(of) {
    const { node, observed } = of;
    const founds = [];
    for (const { vmid } of observed.actual.guests) {
      const found = findGuest(of, vmid);
      if ("kind" in found) return found;
      founds.push({ ...found, stop: stopFirst(found) });
    }
    if (founds.length === 0) {
      return {
        kind: "blocked",
        says: `There is no guest on ${node}, so decommission has nothing to destroy, and nothing that could be signed. Nothing was sent.`,
        advice: "Take the intent out of the desired state.",
      };
    }
    return {
      kind: "made",
      calls: founds.flatMap(({ target, stop }) => [...stop.calls, destroyCall(target, "destroy")]),
      says: `${node} is given up. ${founds.map(({ guest, stop }) => `${inWords(guest)} ${stop.says}is destroyed with its disks.`).join(" ")} After that nothing is planned on ${node} any more.`,
      revert: "Nothing brings the guests back but backups of them, if there are any.",
      seen: founds.map(seenGuest),
    };
  },
  async look({ reader, node }) {
    const { actual } = await observeHost(reader, node, () => false);
    return actual.guests.length === 0
      ? "as_wanted"
      : `left: ${actual.guests.map(({ vmid }) => vmid).join(", ")}`;
  },
};
