import type { Json } from "#server/domain/canonical/json.ts";
import type { DesiredHost, DesiredIntent } from "#server/domain/guest/desired.ts";
import { intentKey } from "#server/domain/guest/intent.ts";
import { judgeIntent } from "#server/domain/guest/plan.ts";
import { guestIntent as definition } from "#server/domain/operation/guest.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";
import { givenUp, isGivenUp, nothingWanted, requireDesired } from "./converge.ts";
import { decommission } from "./decommission.ts";
import { guestDestroy } from "./destroy.ts";
import type { IntentExecutor } from "./intent-executor.ts";
import { observeHost } from "./observe.ts";
import { restoreOverwrite } from "./restore.ts";
import { storageWipe } from "./wipe.ts";

/** Classes that this console carries out. What is not listed is judged, shown and never done. */
const EXECUTORS: ReadonlyMap<string, IntentExecutor> = new Map([
  ["guest_destroy", guestDestroy],
  ["storage_wipe", storageWipe],
  ["restore_overwrite", restoreOverwrite],
  ["decommission", decommission],
]);

/** One intent of the desired state at a time, the first that is not carried out: what destroys is never decided in bulk. */
export const guestIntent: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const { slug: node } = context.tenant;
    const desired = await context.desired();
    if (desired === null) return nothingWanted(node);
    const open = findOpen(desired, context.recorded("carried_out"));
    if (isGivenUp(context)) return givenUp(node);
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
  const executor = EXECUTORS.get(op);
  if (executor === undefined || (executor.about === "guest") !== (vmid !== null)) {
    return blocked(notCarriedOut(node, intent), ADVICE);
  }
  const reader = await openReader(context);
  const observed = await observeHost(reader, node, (number) => vmid === null || number === vmid);
  const made = await executor.draft({ context, reader, node, observed, intent });
  if (made.kind === "blocked") return blocked(made.says, made.advice);
  const ignored =
    claims.length === 0
      ? ""
      : ` The document says more about where it comes from (${claims.join(", ")}): that came from outside and is ignored.`;
  const outputs: Record<string, Json> = {
    ...made.outputs,
    generation: desired.generation,
    op,
    vmid: vmid === null ? "" : String(vmid),
    key,
  };
  return {
    disposition: "apply",
    says: `${made.says}${ignored}`,
    calls: made.calls,
    outputs,
    preconditions: [
      { says: `The desired state has generation ${desired.generation}`, observed: desired.generation },
      ...made.seen,
    ],
    reads: reader.reads,
    revert: made.revert,
  };
}

const ADVICE =
  "Correct the intent, take it out of the desired state, or carry it out by hand with a second person.";

function notCarriedOut(node: string, intent: DesiredIntent): string {
  const { op, vmid } = intent;
  const { outcome, says } = judgeIntent(node, intent);
  const about = EXECUTORS.get(op)?.about;
  const why =
    about === undefined
      ? "This console has no way to carry it out"
      : about === "guest"
        ? "It is about one guest, and vmid names none"
        : "It is about the whole host, and vmid names a guest";
  return `The desired state asks for ${op} of ${vmid === null ? "the whole host" : `guest ${vmid}`} (${outcome}). ${says} ${why}, and nothing was done.`;
}
