import type { Json } from "../canonical/json.ts";
import type { Disposition, Effect, Identity, Service } from "./states.ts";

/** One call as it will be sent. Strings may hold `{{step.output}}` (an earlier call's answer) and `{{secret:name}}`. */
export interface PlannedCall {
  /** `<step id>.<verb>`, unique in the plan; what a reviewer ticks. */
  id: string;
  method: "POST" | "PUT" | "PATCH" | "DELETE" | "RUN";
  /** RUN and `host`: a block of shell text, carried out on the host of its step. */
  service: Service | "host";
  /** After the service's version root, such as `/users`; of a RUN, where and as whom. */
  path: string;
  body: Json;
  effect: Exclude<Effect, "read">;
  /** Statuses that are an expected answer. */
  accept: number[];
  /** Output name to JSON pointer (RFC 6901) into the answer's body: `{ id: "/domain/id" }`. */
  captures: Record<string, string>;
  /** Secret name to JSON pointer: values in the answer that are sealed at once and never logged. */
  seals: Record<string, string>;
  /** Headers that change what runs, such as an API microversion. */
  headers: Record<string, string>;
  /** How to see later whether this call took, when its answer was lost. Null: nobody can know. */
  probe: CallProbe | null;
  /** For calls that are answered with the number of a task, which is followed to its end. */
  task?: CallTask;
  /** Calls of one lane come strictly one after the other; of a step whose calls all have one, lanes beside each other. */
  lane?: string;
}

/** How a call's task is found again when its number was lost with the answer. */
export interface CallTask {
  /** Where the tasks of its node are listed. */
  path: string;
  /** Kind of the task, such as `qmstart`, and what it is about: the number of a guest, or a volume. */
  type: string;
  id: string;
}

/** A call that goes to the cloud. */
export interface CloudCall extends PlannedCall {
  method: Exclude<PlannedCall["method"], "RUN">;
  service: Service;
}

export function isCloudCall(call: PlannedCall): call is CloudCall {
  return call.method !== "RUN" && call.service !== "host";
}

/** A GET whose answer shows that the call took effect. */
export interface CallProbe {
  path: string;
  /** JSON pointer to a list in the answer; the call took if the list has exactly one element. Null: status 2xx means it took. */
  list: string | null;
  /** Output name to JSON pointer, into the one element (list) or the body (no list). */
  captures: Record<string, string>;
  /** JSON pointer to the value that stands there once the call took effect, for calls that set what is always there. */
  shows?: Record<string, Json>;
  /** JSON pointers that lead nowhere once the call took effect, for calls that take a value away. */
  lacks?: string[];
  /** For calls that remove: a 404 means it took; `orShows` holds pointers and the values that say it is on its way out. */
  gone?: { orShows: Record<string, Json[]> };
}

/** A read that plan or read-back makes, for display: what is looked at, as whom. */
export interface PlannedRead {
  service: Service;
  path: string;
}

export interface PlannedStep {
  id: string;
  blockId: string;
  operation: string;
  operationVersion: number;
  identity: Identity;
  effect: Effect;
  disposition: Disposition;
  parameters: Json;
  calls: PlannedCall[];
  /** Known before the run: concrete values, or `{{step.output}}` for what a call of this plan will answer. */
  outputs: Record<string, Json>;
  /** Names of secrets that the runner generates just before the step. */
  generates: string[];
  /** Observed facts that the plan relies on; a change of one is drift. */
  preconditions: { says: string; observed: Json }[];
  /** As-run names and the value path of the read-back that fills each. */
  save: Record<string, string>;
  expect: string[];
  /** How often it may be tried again without another approval, where it is certain that nothing was done. */
  retry?: number;
  /** For people; outside the digest: */
  words: StepWords;
}

export interface StepWords {
  title: string;
  /** What the plan found and what will happen: "Domain acme does not exist: it will be created." */
  says: string;
  reads: PlannedRead[];
  /** How to undo it, in words, or null for reads. */
  revert: string | null;
  /** Of a removal: everything that it found, in the order in which it goes. */
  removes?: PlannedRemoval[];
}

/** One thing in the order of a removal. */
export interface PlannedRemoval {
  /** The call that removes it; null for what goes along with another thing, or is only looked at. */
  callId: string | null;
  /** `router:<id>`; names the thing in `after`. */
  key: string;
  /** In words: "router". */
  kind: string;
  id: string;
  name: string;
  /** Whose it is: "project acme-prod". */
  owner: string;
  /** Why it is the tenant's. */
  why: string;
  /** Key of what takes it along; null when it is removed by itself. */
  goesWith: string | null;
  /** What has to be gone before, each with its reason. */
  after: { key: string; name: string; says: string }[];
}

/** The frozen, rendered list of what one job will do. */
export interface StagePlan {
  format: 1;
  runbook: { slug: string; contentHash: string };
  stage: { key: string; hash: string };
  cloud: { id: string; name: string };
  tenant: { id: string; slug: string };
  effect: Effect;
  steps: PlannedStep[];
  gates: PlannedGate[];
}

export interface PlannedGate {
  id: string;
  assertions: { that: string; says: string; advice: string }[];
}
