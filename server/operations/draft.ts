import { isDeepStrictEqual } from "node:util";
import type { Json } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import type { PlanContext, StepDraft } from "./handler.ts";

type CallSeed = Pick<PlannedCall, "method" | "service" | "path" | "body" | "accept"> & Partial<PlannedCall>;

/** A call of the step. What the seed leaves out: no captures, no seals, no headers, and no way to see it later. */
export function plannedCall(context: Pick<PlanContext, "stepId">, verb: string, seed: CallSeed): PlannedCall {
  return {
    id: `${context.stepId}.${verb}`,
    effect: "mutate",
    captures: {},
    seals: {},
    headers: {},
    probe: null,
    ...seed,
  };
}

export function blocked(says: string, advice: string): StepDraft {
  return { disposition: "blocked", says, advice };
}

/** What differs between an object and what it has to be: `enabled is false, not true`. Empty: nothing. */
export function differences(
  found: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, Json>>,
) {
  return Object.entries(wanted).flatMap(([field, value]) => {
    const actual = found[field] ?? null;
    if (isDeepStrictEqual(actual, value)) return [];
    return [`${field} is ${JSON.stringify(actual)}, not ${JSON.stringify(value)}`];
  });
}

/** An output that the step's call or plan gave. */
export function outputOf(outputs: Readonly<Record<string, string>>, name: string): string {
  const value = outputs[name];
  if (value !== undefined && value !== "") return value;
  throw new DomainError(
    "internal",
    `The step has no output ${name} to read back. What it did is in the journal; nothing more was sent.`,
    { reason: "missing_output" },
  );
}

/** Thrown by a read-back that does not find what has to be there. */
export function notFound(says: string): DomainError {
  return new DomainError("not_found", says, { reason: "target_missing" });
}
