import type { Json } from "#server/domain/canonical/json.ts";
import type { ActualGuest } from "#server/domain/guest/actual.ts";
import type { DesiredIntent } from "#server/domain/guest/desired.ts";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import type { CloudReader } from "../cloud-reader.ts";
import type { PlanContext } from "../handler.ts";
import { callOf, type GuestTarget } from "./calls.ts";
import type { ObservedHost, RawConfig } from "./observe.ts";

/** An intent of the desired state that is about to be planned, and the host as it is. */
export interface IntentToPlan {
  context: PlanContext;
  reader: CloudReader;
  node: string;
  observed: ObservedHost;
  intent: DesiredIntent;
}

export type IntentDraft =
  | {
      kind: "made";
      calls: PlannedCall[];
      /** What will happen, as a sentence. */
      says: string;
      revert: string;
      /** What the plan relies on; a change of one is drift. */
      seen: { says: string; observed: Json }[];
      /** Further outputs, such as the volume it is about: signed with the rest, and read again afterwards. */
      outputs?: Record<string, string>;
    }
  | { kind: "blocked"; says: string; advice: string };

/** What is read back: outputs of the plan and of its calls. */
export interface IntentLook {
  reader: CloudReader;
  node: string;
  outputs: Readonly<Record<string, string>>;
}

/** How one class of intents is carried out. */
export interface IntentExecutor {
  /** Whether the intent is about one guest, or about the host. */
  about: "guest" | "host";
  draft(of: IntentToPlan): Promise<IntentDraft> | IntentDraft;
  /** What there is afterwards, in a word; `as_wanted` when the intent is carried out. */
  look(of: IntentLook): Promise<string>;
}

/** The guest that an intent is about, as it was found. */
export interface FoundGuest {
  guest: ActualGuest;
  config: RawConfig;
  target: GuestTarget;
}

/** A guest that may be touched, or why not. */
export function findGuest(
  of: IntentToPlan,
  vmid: number | null,
): FoundGuest | (IntentDraft & { kind: "blocked" }) {
  const { context, node, observed, intent } = of;
  const guest = observed.actual.guests.find((one) => one.vmid === vmid);
  if (guest === undefined) {
    return {
      kind: "blocked",
      says: `There is no guest ${vmid} on ${node}, so ${intent.op} has nothing to be done to. Nothing was sent.`,
      advice: "Somebody removed it outside this console, or the number is wrong. Correct the desired state.",
    };
  }
  if (guest.lock !== null) {
    return {
      kind: "blocked",
      says: `Guest ${guest.vmid} is locked (${guest.lock}). Nothing was sent.`,
      advice: "Preview again when the lock is gone.",
    };
  }
  const config = observed.configs.get(guest.vmid) ?? {};
  return {
    guest,
    config,
    target: { stepId: context.stepId, node, kind: guest.kind, vmid: guest.vmid, config },
  };
}

/** The call that shuts a guest down, where it does not stand still, and the words for it. */
export function stopFirst({ guest, target }: FoundGuest): { calls: PlannedCall[]; says: string } {
  if (guest.run_state === "stopped") return { calls: [], says: "" };
  return { calls: [callOf(target, { op: "stop" })], says: "is shut down, then " };
}

/** The digest is of every setting, the guest's own birth among them: another guest of this number is another one. */
export const seenGuest = ({ guest, config }: FoundGuest) => ({
  says: `Guest ${guest.vmid} is the one that was looked at`,
  observed: { vmid: guest.vmid, kind: guest.kind, digest: config.digest ?? null },
});

/** `Guest 104 (old-wiki, stopped)`. */
export const inWords = ({ vmid, name, kind, run_state }: ActualGuest) =>
  `Guest ${vmid} (${name || kind}, ${run_state})`;
