import { classifyOperation } from "../effect/classify.ts";
import type { ActualGuest, ActualHost } from "./actual.ts";
import type { DesiredGuest, DesiredHost, DesiredIntent } from "./desired.ts";
import { type GuestSettings, isSame, type Setting, SETTINGS } from "./normalise.ts";
import { GuestDocumentError } from "./read-document.ts";
import type { GuestKind } from "./vmid.ts";

/** What differs, after both sides were brought into the same form. */
export interface GuestDifference {
  field: "run_state" | Setting;
  desired: string | number | boolean | readonly string[];
  actual: string | number | boolean | readonly string[];
}

export type GuestAction =
  { op: "stop" } | { op: "set_config"; set: Partial<GuestSettings> } | { op: "start" };

/** What is done to one guest, strictly in this order; lanes of different guests do not wait for each other. */
export interface GuestLane {
  vmid: number;
  kind: GuestKind;
  actions: readonly GuestAction[];
  differences: readonly GuestDifference[];
}

/** A guest that differs and that nobody may touch now. */
export interface HeldGuest {
  vmid: number;
  differences: readonly GuestDifference[];
  says: string;
}

/** An intent beside the settings, as the gate takes it before anybody has signed anything. */
export interface JudgedIntent {
  op: string;
  vmid: number | null;
  outcome: "benign" | "pending_signature";
  says: string;
  /** Claims of the document about where the thing came from; they count for nothing. */
  ignored: readonly string[];
}

export interface GuestPlan {
  host_id: string;
  generation: number;
  interval_seconds: number;
  in_sync: boolean;
  /** By number of the guest. */
  lanes: readonly GuestLane[];
  held: readonly HeldGuest[];
  /** Numbers of guests that are wanted and not there, and the other way round; nothing is ever done to them. */
  only_desired: readonly number[];
  only_actual: readonly number[];
  intents: readonly JudgedIntent[];
}

/**
 * The least that brings guests to where they are wanted: stop, set_config and start, for guests that stand in both.
 * Throws GuestDocumentError when the two are not of one host.
 */
export function planGuests(desired: DesiredHost, actual: ActualHost): GuestPlan {
  if (desired.host_id !== actual.host_id) {
    const says = `is ${desired.host_id} in the desired state and ${actual.host_id} in the actual one`;
    throw new GuestDocumentError([{ field: "host_id", says }]);
  }
  const there = new Map(actual.guests.map((guest) => [guest.vmid, guest]));
  const wanted = new Set(desired.guests.map(({ vmid }) => vmid));
  const lanes: GuestLane[] = [];
  const held: HeldGuest[] = [];
  for (const guest of desired.guests) {
    const found = there.get(guest.vmid);
    if (found === undefined) continue;
    const differences = diffGuest(guest, found);
    const says = heldBecause(guest, found);
    if (says !== null) held.push({ vmid: guest.vmid, differences, says });
    else if (differences.length > 0) lanes.push(laneOf(found, differences));
  }
  const onlyDesired = desired.guests.flatMap(({ vmid }) => (there.has(vmid) ? [] : [vmid]));
  const intents = desired.intents.map((intent) => judgeIntent(desired.host_id, intent));
  const isHeldBack = held.some(({ differences }) => differences.length > 0);
  return {
    host_id: desired.host_id,
    generation: desired.generation,
    interval_seconds: desired.interval_seconds,
    in_sync: lanes.length === 0 && !isHeldBack && onlyDesired.length === 0 && intents.length === 0,
    lanes,
    held: held.filter(({ differences }) => differences.length > 0),
    only_desired: onlyDesired,
    only_actual: actual.guests.flatMap(({ vmid }) => (wanted.has(vmid) ? [] : [vmid])),
    intents,
  };
}

/** What differs between a guest as it is wanted and as it is; what is not wanted in any way differs from nothing. */
function diffGuest(desired: DesiredGuest, actual: ActualGuest): GuestDifference[] {
  const differences: GuestDifference[] = [];
  if (desired.run_state !== null && desired.run_state !== actual.run_state) {
    differences.push({ field: "run_state", desired: desired.run_state, actual: actual.run_state });
  }
  for (const field of SETTINGS) {
    const value = desired.settings[field];
    const found = actual.settings[field];
    if (value !== undefined && !isSame(value, found))
      differences.push({ field, desired: value, actual: found });
  }
  return differences;
}

/** Why nothing may be done to a guest now, or null. What nobody knows is never taken for something harmless. */
function heldBecause(desired: DesiredGuest, { vmid, kind, lock, is_template, run_state }: ActualGuest) {
  if (desired.kind !== null && desired.kind !== kind) {
    return `Guest ${vmid} is ${kind}, and the desired state is of a ${desired.kind}. Nothing is done to it. Correct the document.`;
  }
  if (lock !== null)
    return `Guest ${vmid} is locked (${lock}). Nothing is done to it until the lock is gone.`;
  if (is_template) return `Guest ${vmid} is a template. Nothing is done to it. Take it out of the document.`;
  if (run_state === "running" || run_state === "stopped") return null;
  return `Guest ${vmid} is ${run_state === "" ? "in no known state" : run_state}. Nothing is done to it. Bring it to running or stopped by hand.`;
}

/** Stopped first and started last: a setting of a stopped guest holds at once, one of a running guest at its next start. */
function laneOf({ vmid, kind }: ActualGuest, differences: readonly GuestDifference[]): GuestLane {
  const state = differences.find(({ field }) => field === "run_state")?.desired;
  const set = Object.fromEntries(
    differences.flatMap(({ field, desired }) => (field === "run_state" ? [] : [[field, desired]])),
  );
  const actions: GuestAction[] = [];
  if (state === "stopped") actions.push({ op: "stop" });
  if (Object.keys(set).length > 0) actions.push({ op: "set_config", set });
  if (state === "running") actions.push({ op: "start" });
  return { vmid, kind, actions, differences };
}

/** A document is from outside: no journal of ours speaks for what it claims. */
export function judgeIntent(hostId: string, { op, vmid, claims }: DesiredIntent): JudgedIntent {
  const objectId = vmid === null ? "" : `${hostId}/${vmid}`;
  const { disposition, says } = classifyOperation({ operationClass: op, jobId: "", objectId, journal: [] });
  const outcome = disposition === "benign" ? "benign" : "pending_signature";
  return { op, vmid, outcome, says, ignored: claims };
}
