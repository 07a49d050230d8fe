import * as z from "zod";
import type { Json } from "../canonical/json.ts";
import type { StagePlan } from "./plan.ts";
import { RETRY_MAX } from "../runbook/limits.ts";
import { ALL_SERVICES, DISPOSITIONS, EFFECTS, IDENTITIES } from "./states.ts";

export const jsonSchema: z.ZodType<Json> = z.json();
const stringMap = z.record(z.string(), z.string());

const probeSchema = z.strictObject({
  path: z.string(),
  list: z.string().nullable(),
  captures: stringMap,
  shows: z.record(z.string(), jsonSchema).exactOptional(),
  lacks: z.array(z.string()).exactOptional(),
  gone: z.strictObject({ orShows: z.record(z.string(), z.array(jsonSchema)) }).exactOptional(),
});

const callSchema = z.strictObject({
  id: z.string(),
  method: z.enum(["POST", "PUT", "PATCH", "DELETE", "RUN"]),
  service: z.enum([...ALL_SERVICES, "host"]),
  path: z.string(),
  body: jsonSchema,
  effect: z.enum(["mutate", "destroy"]),
  accept: z.array(z.number().int()),
  captures: stringMap,
  seals: stringMap,
  headers: stringMap,
  probe: probeSchema.nullable(),
  task: z.strictObject({ path: z.string(), type: z.string(), id: z.string() }).exactOptional(),
  lane: z.string().min(1).exactOptional(),
});

const removalSchema = z.strictObject({
  callId: z.string().nullable(),
  key: z.string(),
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  why: z.string(),
  goesWith: z.string().nullable(),
  after: z.array(z.strictObject({ key: z.string(), name: z.string(), says: z.string() })),
});

const stepSchema = z.strictObject({
  id: z.string(),
  blockId: z.string(),
  operation: z.string(),
  operationVersion: z.number().int(),
  identity: z.enum(IDENTITIES),
  effect: z.enum(EFFECTS),
  disposition: z.enum(DISPOSITIONS),
  parameters: jsonSchema,
  calls: z.array(callSchema),
  outputs: z.record(z.string(), jsonSchema),
  generates: z.array(z.string()),
  preconditions: z.array(z.strictObject({ says: z.string(), observed: jsonSchema })),
  save: stringMap,
  expect: z.array(z.string()),
  retry: z.int().min(1).max(RETRY_MAX).exactOptional(),
  words: z.strictObject({
    title: z.string(),
    says: z.string(),
    reads: z.array(z.strictObject({ service: z.enum(ALL_SERVICES), path: z.string() })),
    revert: z.string().nullable(),
    removes: z.array(removalSchema).exactOptional(),
  }),
});

/** A stored plan is parsed on write and on read: the frozen record is the only source of what runs. */
export const stagePlanSchema: z.ZodType<StagePlan> = z.strictObject({
  format: z.literal(1),
  runbook: z.strictObject({ slug: z.string(), contentHash: z.string() }),
  stage: z.strictObject({ key: z.string(), hash: z.string() }),
  cloud: z.strictObject({ id: z.string(), name: z.string() }),
  tenant: z.strictObject({ id: z.string(), slug: z.string() }),
  effect: z.enum(EFFECTS),
  steps: z.array(stepSchema),
  gates: z.array(
    z.strictObject({
      id: z.string(),
      assertions: z.array(z.strictObject({ that: z.string(), says: z.string(), advice: z.string() })),
    }),
  ),
});
