import { canonicalDigest, type Json } from "#server/domain/canonical/json.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { PlannedCall, PlannedStep } from "#server/domain/plan/plan.ts";
import { fillRefs, secretsIn } from "#server/domain/plan/refs.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import type { Run } from "./run.ts";

export interface FilledCall {
  path: string;
  headers: Record<string, string>;
  /** With sealed values in it: for the wire and for nothing else. */
  body: Json;
  /** What the journal keeps: everything but secrets, and the digest of the call as planned. */
  record: Json;
}

/** Fills a planned call with earlier answers and sealed values. Throws when a reference has no value yet. */
export function fillCall(run: Run, call: PlannedCall, secrets: ReadonlyMap<string, string>): FilledCall {
  assert(secretsIn([call.path, call.headers]).length === 0, "no secret stands in a path or header");
  const fill = <T extends Json>(value: T): T => fillRefs(value, (ref) => lookUp(run, secrets, ref));
  const path = fillPath(run, call.path);
  return {
    path,
    headers: Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name, fill(value)])),
    body: fill(call.body),
    record: {
      method: call.method,
      service: call.service,
      path,
      plannedDigest: canonicalDigest(jsonSchema.parse(call)),
      secrets: secretsIn(call.body),
    },
  };
}

/** Fills a text that names earlier answers only, such as a probe's path. */
export function fillPath(run: Run, path: string): string {
  assert(secretsIn(path).length === 0, "no secret stands in a path");
  // An answer's id becomes one segment, whatever it holds: it cannot point the call elsewhere.
  return fillRefs(path, (ref) => encodeURIComponent(lookUp(run, new Map(), ref)));
}

/** Parameters as the read-back gets them: every reference is filled by now. */
export function fillParameters(run: Run, step: PlannedStep): Json {
  return fillValue(run, step.parameters);
}

/** A value that names earlier answers only. */
export function fillValue(run: Run, value: Json): Json {
  return fillRefs(value, (ref) => lookUp(run, new Map(), ref));
}

type Ref = Parameters<Parameters<typeof fillRefs>[1]>[0];

function lookUp(run: Run, secrets: ReadonlyMap<string, string>, ref: Ref): string {
  const value = ref.kind === "secret" ? secrets.get(ref.name) : run.outputs.get(ref.stepId)?.[ref.output];
  const name = ref.kind === "secret" ? `secret ${ref.name}` : `${ref.stepId}.${ref.output}`;
  assert(value !== undefined, `${name} has a value before a call that needs it is sent`);
  return value;
}
