import type * as z from "zod";
import type { Json } from "#server/domain/canonical/json.ts";
import type { JournaledObject } from "#server/domain/effect/classify.ts";
import type { DesiredHost } from "#server/domain/guest/desired.ts";
import type { OperationDefinition } from "#server/domain/operation/definition.ts";
import type { SavedPolicy } from "#server/domain/identity-policy/cloud-policy.ts";
import type { PlannedCall, PlannedRead, PlannedRemoval } from "#server/domain/plan/plan.ts";
import type { CloudSession } from "#server/openstack/session.ts";

/** What planning may use: the session of the block's own identity, opened on first use. It only reads. */
export interface PlanContext {
  stepId: string;
  tenant: { id: string; slug: string };
  /** The block's identity. There is no way to another one. */
  session(): Promise<CloudSession>;
  /** Opens a session as the named sealed password would, only to learn whether it works. Nothing is sent but the token request. */
  passwordWorks(attempt: { userId: string; projectId: string; secret: string }): Promise<boolean>;
  /** Whether a sealed value of that name exists for the tenant. */
  holdsSecret(name: string): boolean;
  /**
   * Whether a job of this tenant removed that very object: a DELETE of this path whose success stands in the console's
   * own journal. Nothing that arrived from outside can say so.
   */
  removedByUs(object: PlannedRead): Promise<boolean>;
  /** Until when the recovery mode of this host is armed; null where it is not. */
  recoveryUntil(): Promise<Date | null>;
  /** Scratch guests of this host that the console's own journal says it made or ended. */
  scratchByUs(): Promise<JournaledObject[]>;
  /** The newest value of that name in the tenant's record; null when there is none. */
  recorded: (name: string) => Json | null;
  /** The call of an earlier step of this very plan whose answer a reference stands for; null for any other text. */
  planned: (reference: string) => PlannedCall | null;
  /** The newest saved override of the cloud's identity policy; null when nobody has saved one. */
  policy: () => Promise<SavedPolicy | null>;
  /** What people want the guests of this host to be; null where nobody has said. */
  desired(): Promise<DesiredHost | null>;
  now: Date;
}

/** What planning may use where the block's session cannot be opened yet: nothing is read. */
export interface BlindContext extends Pick<PlanContext, "stepId" | "tenant" | "holdsSecret" | "now"> {
  /** Why nothing can be read, as a sentence to put into `says`. */
  because: string;
}

/** What the read-back of a step may use, after its calls were answered. */
export interface ReadContext {
  stepId: string;
  tenant: { id: string; slug: string };
  session(): Promise<CloudSession>;
  /** The newest value of that name in the tenant's record; null when there is none. */
  recorded: (name: string) => Json | null;
  /** The newest saved override of the cloud's identity policy; null when nobody has saved one. */
  policy: () => Promise<SavedPolicy | null>;
  /** What people want the guests of this host to be; null where nobody has said. */
  desired(): Promise<DesiredHost | null>;
  /** Progress for people: "CREATE_IN_PROGRESS, 40 s". */
  say(line: string): Promise<void>;
  wait(ms: number): Promise<void>;
  now(): Date;
  /** Aborted when the job is cancelled or its lease is lost. */
  signal: AbortSignal;
}

/** What planning one step found. `outputs` are the names later steps may use; symbolic where a call will fill them. */
export type StepDraft =
  | {
      disposition: "apply" | "attempt";
      says: string;
      calls: PlannedCall[];
      outputs: Record<string, Json>;
      generates?: string[];
      preconditions?: { says: string; observed: Json }[];
      reads: PlannedRead[];
      revert: string;
      removes?: PlannedRemoval[];
    }
  | {
      disposition: "already_so" | "read";
      says: string;
      outputs: Record<string, Json>;
      preconditions?: { says: string; observed: Json }[];
      reads: PlannedRead[];
      removes?: PlannedRemoval[];
    }
  /** The world does not allow it; `advice` says what to do. No plan comes of it. */
  | { disposition: "blocked"; says: string; advice: string };

/** A finding that a read-back observed: kept with the tenant. */
export interface ObservedFinding {
  /** Stable code, such as `domain_list_shows_all`. */
  code: string;
  severity: "info" | "warning" | "problem";
  says: string;
  observed: Json;
}

export interface ReadBack {
  /** The evidence: what `save`, `expect` and gates read. Never a secret. */
  values: Record<string, Json>;
  findings?: ObservedFinding[];
}

/** The runner's half of a catalogue entry. */
export interface Operation<P extends z.ZodType = z.ZodType> {
  definition: OperationDefinition<P>;
  /** Reads only. Parameters may hold `{{step.output}}` where an earlier step of the same plan makes the object. */
  plan(context: PlanContext, parameters: z.output<P>): Promise<StepDraft>;
  /**
   * The plan of a step whose session needs a credential that an earlier step of this plan makes (`session` and
   * `passwordWorks` throw NotYetError): rendered as if nothing of it exists. Without this method a read is left to its
   * turn, its outputs symbolic, and a change blocks the plan.
   */
  planBlind?(context: BlindContext, parameters: z.output<P>): StepDraft;
  /** Ground truth after the calls; parameters and outputs are filled. Also run for `already_so` and `read`. */
  readBack(context: ReadContext, parameters: z.output<P>, outputs: Record<string, string>): Promise<ReadBack>;
}
