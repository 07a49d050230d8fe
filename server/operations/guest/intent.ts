import type { DesiredHost, DesiredIntent } from "#server/domain/guest/desired.ts";
import { intentKey } from "#server/domain/guest/intent.ts";
import { judgeIntent } from "#server/domain/guest/plan.ts";
import { guestIntent as definition } from "#server/domain/operation/guest.ts";
import type { PlannedRead } from "#server/domain/plan/plan.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { closedBy, isGivenUp, nothingWanted, requireDesired } from "./converge.ts";
import { decommission } from "./decommission.ts";
import { guestDestroy } from "./destroy.ts";
import type { IntentDraft, IntentExecutor } from "./intent-executor.ts";
import { observeHost } from "./observe.ts";
import { restoreOverwrite } from "./restore.ts";
import { keyRotation } from "./rotate-token.ts";
import { storageWipe } from "./wipe.ts";

/** Classes that this console carries out. What is not listed is judged, shown and never done. */
const EXECUTORS: ReadonlyMap<string, IntentExecutor> = new Map([
  ["guest_destroy", guestDestroy],
  ["storage_wipe", storageWipe],
  ["restore_overwrite", restoreOverwrite],
  ["decommission", decommission],
  ["key_rotation", keyRotation],
]);

/** One intent of the desired state at a time, the first that is not carried out: what destroys is never decided in bulk. */
export const guestIntent: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const { slug: node } = context.tenant;
    const desired = await context.desired();
    if (desired === null) return nothingWanted(node);
    const open = findOpen(desired, context.recorded("carried_out"));
    const closed = await closedBy(context, open?.intent.op);
    if (closed !== null) return closed;
    if (open !== null) return planIntent(context, desired, open);
    return {
      disposition: "already_so",
      says: `Everything that generation ${desired.generation} asks for beside its settings is carried out, or it asks for nothing.`,
      outputs: { generation: desired.generation, op: "", vmid: "" },
      preconditions: [{ says: "No intent is open", observed: desired.generation }],
      reads: [],
    };
  },

  async readBack(context, _parameters, outputs) {
    const { generation } = await requireDesired(context);
    const done = carriedOut(context.recorded("carried_out"));
    const { op = "", vmid = "", key = "" } = outputs;
    const facts = { generation, op, vmid, given_up: isGivenUp(context) };
    const executor = EXECUTORS.get(op);
    if (executor === undefined) return { values: { ...facts, state: "nothing", carried_out: done } };
    const reader = await openReader(context);
    const state = await executor.look({ reader, node: context.tenant.slug, outputs });
    const isDone = state === "as_wanted";
    await context.say(
      `${op} of ${vmid === "" ? "the host" : `guest ${vmid}`}: ${isDone ? "carried out" : state}.`,
    );
    return {
      values: {
        ...facts,
        given_up: facts.given_up || (isDone && op === "decommission"),
        state,
        carried_out: isDone && key !== "" ? [...done, key] : done,
      },
    };
  },
};

export interface OpenIntent {
  key: string;
  intent: DesiredIntent;
}

export function findOpen({ generation, intents }: DesiredHost, recorded: unknown): OpenIntent | null {
  const done = new Set(carriedOut(recorded));
  const open = intents
    .map((intent, at) => ({ key: intentKey(generation, at), intent }))
    .find(({ key }) => !done.has(key));
  return open ?? null;
}

export const carriedOut = (recorded: unknown): string[] =>
  Array.isArray(recorded) ? recorded.filter((key) => typeof key === "string") : [];

async function planIntent(
  context: PlanContext,
  desired: DesiredHost,
  { key, intent }: OpenIntent,
): Promise<StepDraft> {
  const { slug: node } = context.tenant;
  const { op, vmid } = intent;
  const executor = EXECUTORS.get(op);
  if (executor === undefined || (executor.about === "guest") !== (vmid !== null)) {
    return blocked(notCarriedOut(node, intent), ADVICE);
  }
  const reader = await openReader(context);
  const observed = await observeHost(reader, node, (number) => vmid === null || number === vmid);
  const made = await executor.draft({ context, reader, node, observed, intent });
  return draftOf(made, { generation: desired.generation, open: { key, intent }, reads: reader.reads });
}

/** What an executor made of an intent, as the plan of its step. */
export function draftOf(
  made: IntentDraft,
  { generation, open, reads }: { generation: number; open: OpenIntent; reads: PlannedRead[] },
): StepDraft {
  if (made.kind === "blocked") return blocked(made.says, made.advice);
  const { key, intent } = open;
  const { op, vmid, claims } = intent;
  const ignored =
    claims.length === 0
      ? ""
      : ` The document says more about where it comes from (${claims.join(", ")}): that came from outside and is ignored.`;
  return {
    disposition: "apply",
    says: `${made.says}${ignored}`,
    calls: made.calls,
    outputs: { ...made.outputs, generation, op, vmid: vmid === null ? "" : String(vmid), key },
    preconditions: [
      { says: `The desired state has generation ${generation}`, observed: generation },
      ...made.seen,
    ],
    reads,
    revert: made.revert,
  };
}

const ADVICE =
  "Correct the intent, take it out of the desired state, or carry it out by hand with a second person.";

function notCarriedOut(node: string, intent: DesiredIntent): string {
  const { op, vmid } = intent;
  const { outcome, says } = judgeIntent(node, intent);
  const about = EXECUTORS.get(op)?.about;
  if (op === "create")
    return `The next intent is create of a scratch guest, which stage G3 carries out. Nothing was done.`;
  const why =
    about === undefined
      ? "This console has no way to carry it out"
      : about === "guest"
        ? "It is about one guest, and vmid names none"
        : "It is about the whole host, and vmid names a guest";
  return `The desired state asks for ${op} of ${vmid === null ? "the whole host" : `guest ${vmid}`} (${outcome}). ${says} ${why}, and nothing was done.`;
}
