import { createHash } from "node:crypto";
import * as z from "zod";
import { classifyOperation } from "#server/domain/effect/classify.ts";
import { guestScratch as definition } from "#server/domain/operation/guest.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, plannedCall } from "../draft.ts";
import type { Operation } from "../handler.ts";
import { taskOf } from "./calls.ts";
import { closedBy, nothingWanted, requireDesired } from "./converge.ts";
import { destroyCall } from "./destroy.ts";
import { carriedOut, draftOf, findOpen, type OpenIntent } from "./intent.ts";
import {
  findGuest,
  inWords,
  type IntentDraft,
  type IntentToPlan,
  seenGuest,
  stopFirst,
} from "./intent-executor.ts";
import { observeHost, type RawConfig } from "./observe.ts";

/**
 * What takes no signature beside settings: a guest that the console makes to be thrown away, and the end of exactly that
 * guest. Whether it is that one is asked of the console's own journal, by host, number and creation; of nothing else.
 */
export const guestScratch: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const { slug: node } = context.tenant;
    const desired = await context.desired();
    if (desired === null) return nothingWanted(node);
    const closed = await closedBy(context);
    if (closed !== null) return closed;
    const open = findOpen(desired, context.recorded("carried_out"));
    if (open === null) {
      return {
        disposition: "already_so",
        says: `Generation ${desired.generation} asks for no scratch guest that is not there.`,
        outputs: { generation: desired.generation, op: "", vmid: "" },
        preconditions: [{ says: "No intent is open", observed: desired.generation }],
        reads: [],
      };
    }
    const { op, vmid } = open.intent;
    if (vmid === null || !(op === "create" || op === "guest_destroy")) {
      return blocked(
        `The next intent is ${op} of ${vmid === null ? "the host" : `guest ${vmid}`}, and this stage makes scratch guests and ends them. Nothing was sent.`,
        "Carry the intent out in stage G2, or take it out of the desired state.",
      );
    }
    const reader = await openReader(context);
    const observed = await observeHost(reader, node, (number) => number === vmid);
    const of = { context, reader, node, observed, intent: open.intent };
    const made = op === "create" ? createOf(of, open) : await endOf(of);
    return draftOf(made, { generation: desired.generation, open, reads: reader.reads });
  },

  async readBack(context, _parameters, outputs) {
    const { generation } = await requireDesired(context);
    const { slug: node } = context.tenant;
    const { op = "", vmid = "", key = "", identity = "" } = outputs;
    const done = carriedOut(context.recorded("carried_out"));
    const facts = { generation, op, vmid, made: "", removed: "" };
    if (op === "") return { values: { ...facts, state: "nothing", carried_out: done } };
    const number = Number(vmid);
    const observed = await observeHost(await openReader(context), node, (one) => one === number);
    const isThere = observed.actual.guests.some((guest) => guest.vmid === number);
    const created = objectOf(node, number, observed.configs.get(number) ?? {});
    const isMade = op === "create" && created !== null && created.endsWith(`/${identity}`);
    const isDone = op === "create" ? isMade : !isThere;
    const state = isDone ? "as_wanted" : isThere ? "another guest is there" : "not there";
    await context.say(`Scratch guest ${vmid}: ${isDone ? op : state}.`);
    return {
      values: {
        ...facts,
        made: isMade ? created : "",
        removed: op === "guest_destroy" && isDone ? identity : "",
        state,
        carried_out: isDone ? [...done, key] : done,
      },
    };
  },
};

const scratchParameters = z.strictObject({
  name: z
    .string("is a text")
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, "is a host name")
    .optional(),
  cores: z.int("is a whole number").min(1, "is at least 1").max(128, "is at most 128").optional(),
  memory_mib: z
    .int("is a whole number")
    .min(16, "is at least 16")
    .max(1_048_576, "is at most 1048576")
    .optional(),
});

function createOf({ context, node, observed, intent }: IntentToPlan, { key }: OpenIntent): IntentDraft {
  const vmid = Number(intent.vmid);
  if (observed.actual.guests.some((guest) => guest.vmid === vmid)) {
    return {
      kind: "blocked",
      says: `There is a guest ${vmid} on ${node} already, and it is not made a second time. Nothing was sent.`,
      advice: "Name a free number in the desired state.",
    };
  }
  const parsed = scratchParameters.safeParse(intent.params);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.map(String).join(".");
    const says = issue?.code === "unrecognized_keys" ? "is no field of it" : issue?.message;
    return {
      kind: "blocked",
      says: `create of guest ${vmid}: params.${name ?? ""} ${says ?? "does not fit"}. Nothing was sent.`,
      advice: "Correct the desired state.",
    };
  }
  const { name = `scratch-${vmid}`, cores = 1, memory_mib: memory = 512 } = parsed.data;
  const identity = identityOf([context.tenant.id, key, String(vmid)]);
  const create = plannedCall(context, `create_${vmid}`, {
    method: "POST",
    service: "hypervisor",
    path: `${callPath`/nodes/${node}`}/qemu`,
    body: { vmid, name, cores, memory, smbios1: `uuid=${identity}` },
    accept: [200],
    task: taskOf({ node, kind: "qemu", vmid }, "create"),
  });
  return {
    kind: "made",
    calls: [create],
    says: `Scratch guest ${vmid} (${name}, ${cores} cores, ${memory} MiB) is made, to be thrown away.`,
    revert: `Ask for guest_destroy of guest ${vmid}: as long as it is the one that was made here, that takes no signature.`,
    seen: [{ says: `There is no guest ${vmid}`, observed: vmid }],
    outputs: { identity },
  };
}

async function endOf(of: IntentToPlan): Promise<IntentDraft> {
  const { context, node } = of;
  const found = findGuest(of, of.intent.vmid);
  if ("kind" in found) return found;
  const { vmid } = found.guest;
  const objectId = objectOf(node, vmid, found.config);
  const judged = classifyOperation({
    operationClass: "guest_destroy",
    jobId: "",
    objectId: objectId ?? "",
    journal: await context.scratchByUs(),
  });
  if (judged.disposition === "destructive" || objectId === null) {
    return {
      kind: "blocked",
      says: `The console's own journal does not show that it made exactly this guest ${vmid} as scratch. ${judged.says} Nothing was sent.`,
      advice: "Stage G2 destroys it, with an approval and a signature.",
    };
  }
  const stop = stopFirst(found);
  return {
    kind: "made",
    calls: [...stop.calls, destroyCall(found.target, "mutate")],
    says: `${inWords(found.guest)} ${stop.says}is destroyed. ${judged.says}`,
    revert: "Ask for a scratch guest of that number again. What it held is gone.",
    seen: [
      seenGuest(found),
      { says: `Guest ${vmid} is the scratch guest that was made here`, observed: objectId },
    ],
    outputs: { identity: objectId },
  };
}

/** An id that this host, this intent and this number have and no other: the guest is born with it. */
function identityOf(parts: readonly string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/**
 * A guest as an object that was made once: host, number, second of its creation, and the id that it was made with. Null
 * where its configuration does not say all of it: https://pve.proxmox.com/pve-docs/qm.1.html (meta, smbios1).
 */
function objectOf(node: string, vmid: number, { meta, smbios1 }: RawConfig): string | null {
  const ctime = /(?:^|,)ctime=(\d{1,12})(?:,|$)/.exec(typeof meta === "string" ? meta : "")?.[1];
  const uuid = /(?:^|,)uuid=([0-9a-fA-F-]{36})(?:,|$)/.exec(typeof smbios1 === "string" ? smbios1 : "")?.[1];
  return ctime === undefined || uuid === undefined ? null : `${node}/${vmid}/${ctime}/${uuid.toLowerCase()}`;
}
