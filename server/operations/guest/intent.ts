import { judgeIntent } from "#server/domain/guest/plan.ts";
import type { ActualGuest } from "#server/domain/guest/actual.ts";
import type { DesiredHost, DesiredIntent } from "#server/domain/guest/desired.ts";
import { intentKey } from "#server/domain/guest/intent.ts";
import { guestIntent as definition } from "#server/domain/operation/guest.ts";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { callOf, taskOf } from "./calls.ts";
import { nothingWanted, requireDesired } from "./converge.ts";
import { guestPath, observeHost, type RawConfig } from "./observe.ts";

/** One intent of the desired state at a time, the first that is not carried out: what destroys is never decided in bulk. */
export const guestIntent: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const { slug: node } = context.tenant;
    const desired = await context.desired();
    if (desired === null) return nothingWanted(node);
    const open = findOpen(desired, context.recorded("carried_out"));
    if (open === null) {
      return {
        disposition: "already_so",
        says: `Everything that generation ${desired.generation} asks for beside its settings is carried out, or it asks for nothing.`,
        outputs: { generation: desired.generation, op: "", vmid: "" },
        preconditions: [{ says: "No intent is open", observed: desired.generation }],
        reads: [],
      };
    }
    return planIntent(context, desired, open);
  },

  async readBack(context, _parameters, outputs) {
    const desired = await requireDesired(context);
    const { slug: node } = context.tenant;
    const done = carriedOut(context.recorded("carried_out"));
    const vmid = outputs["vmid"] ?? "";
    if (vmid === "") {
      return {
        values: { generation: desired.generation, op: "", vmid: "", state: "nothing", carried_out: done },
      };
    }
    const { actual } = await observeHost(await openReader(context), node, () => false);
    const isThere = actual.guests.some((guest) => String(guest.vmid) === vmid);
    const state = isThere ? "there" : "gone";
    await context.say(`Guest ${vmid} is ${state}.`);
    const op = outputs["op"] ?? "";
    const isDone = state === (op === "guest_destroy" ? "gone" : "there");
    const key = outputs["key"] ?? "";
    return {
      values: {
        generation: desired.generation,
        op,
        vmid,
        state: isDone ? "as_wanted" : state,
        carried_out: isDone && key !== "" ? [...done, key] : done,
      },
    };
  },
};

interface OpenIntent {
  key: string;
  intent: DesiredIntent;
}

function findOpen({ generation, intents }: DesiredHost, recorded: unknown): OpenIntent | null {
  const done = new Set(carriedOut(recorded));
  const open = intents
    .map((intent, at) => ({ key: intentKey(generation, at), intent }))
    .find(({ key }) => !done.has(key));
  return open ?? null;
}

const carriedOut = (recorded: unknown): string[] =>
  Array.isArray(recorded) ? recorded.filter((key) => typeof key === "string") : [];

async function planIntent(
  context: PlanContext,
  desired: DesiredHost,
  { key, intent }: OpenIntent,
): Promise<StepDraft> {
  const { slug: node } = context.tenant;
  const { op, vmid, claims } = intent;
  if (vmid === null || !(op === "guest_destroy" || op === "restore_overwrite")) {
    const { outcome, says } = judgeIntent(node, intent);
    return blocked(
      `The desired state asks for ${op} of ${vmid === null ? "the whole host" : `guest ${vmid}`} (${outcome}). ${says} This console has no way to carry it out, and nothing was done.`,
      "Take the intent out of the desired state, or carry it out by hand with a second person.",
    );
  }
  const reader = await openReader(context);
  const { actual, configs } = await observeHost(reader, node, (number) => number === vmid);
  const guest = actual.guests.find((one) => one.vmid === vmid);
  if (guest === undefined) {
    return blocked(
      `There is no guest ${vmid} on ${node}, so ${op} has nothing to be done to. Nothing was sent.`,
      "Somebody removed it outside this console, or the number is wrong. Correct the desired state.",
    );
  }
  if (guest.lock !== null) {
    return blocked(
      `Guest ${vmid} is locked (${guest.lock}). Nothing was sent.`,
      "Preview again when the lock is gone.",
    );
  }
  const config = configs.get(vmid) ?? {};
  const made = await callsOf({ context, reader, node, guest, config, intent });
  if (made.kind === "blocked") return blocked(made.says, made.advice);
  const ignored =
    claims.length === 0
      ? ""
      : ` The document says more about where it comes from (${claims.join(", ")}): that came from outside and is ignored.`;
  return {
    disposition: "apply",
    says: `Guest ${vmid} (${guest.name || guest.kind}, ${guest.run_state}) ${made.says}${ignored}`,
    calls: made.calls,
    outputs: { generation: desired.generation, op, vmid: String(vmid), key },
    preconditions: [
      { says: `The desired state has generation ${desired.generation}`, observed: desired.generation },
      // The digest is of every setting, the guest's own birth among them: another guest of this number is another one.
      {
        says: `Guest ${vmid} is the one that was looked at`,
        observed: { vmid, kind: guest.kind, digest: config.digest ?? null },
      },
    ],
    reads: reader.reads,
    revert: made.revert,
  };
}

interface OfIntent {
  context: PlanContext;
  reader: CloudReader;
  node: string;
  guest: ActualGuest;
  config: RawConfig;
  intent: DesiredIntent;
}

type Made =
  | { kind: "made"; calls: PlannedCall[]; says: string; revert: string }
  | { kind: "blocked"; says: string; advice: string };

async function callsOf(given: OfIntent): Promise<Made> {
  const { context, node, guest, config, intent } = given;
  const { vmid, kind } = guest;
  const target = { stepId: context.stepId, node, kind, vmid, config };
  const stop = guest.run_state === "stopped" ? [] : [callOf(target, { op: "stop" })];
  const before = stop.length === 0 ? "" : "is shut down, then ";
  if (intent.op === "guest_destroy") {
    const destroy = plannedCall(context, `guest_destroy_${vmid}`, {
      method: "DELETE",
      service: "hypervisor",
      path: guestPath(node, kind, vmid),
      body: null,
      effect: "destroy",
      accept: [200],
      task: taskOf(target, "destroy"),
    });
    return {
      kind: "made",
      calls: [...stop, destroy],
      says: `${before}is destroyed with its disks.`,
      revert: `Nothing brings it back but a backup of guest ${vmid}, if there is one.`,
    };
  }
  return restoreCalls(given, { stop, before });
}

function restoreCalls(
  { context, node, guest, intent }: OfIntent,
  { stop, before }: { stop: PlannedCall[]; before: string },
): Made {
  const { vmid, kind } = guest;
  const archive = intent.params["archive"];
  if (typeof archive !== "string" || !/^[A-Za-z0-9_.-]+:[A-Za-z0-9_./-]+$/.test(archive)) {
    return {
      kind: "blocked",
      says: `restore_overwrite of guest ${vmid} names no archive: params.archive is a volume such as local:backup/NAME. Nothing was sent.`,
      advice: "Correct the desired state.",
    };
  }
  const path = `${callPath`/nodes/${node}`}/${kind}`;
  const body =
    kind === "qemu" ? { vmid, archive, force: 1 } : { vmid, ostemplate: archive, restore: 1, force: 1 };
  const restore = plannedCall(context, `restore_overwrite_${vmid}`, {
    method: "POST",
    service: "hypervisor",
    path,
    body,
    effect: "destroy",
    accept: [200],
    task: taskOf({ node, kind, vmid }, "restore"),
  });
  return {
    kind: "made",
    calls: [...stop, restore],
    says: `${before}is overwritten by ${archive}: what it holds now is lost.`,
    revert: "Nothing brings back what was overwritten.",
  };
}
