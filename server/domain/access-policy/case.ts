import * as z from "zod";
import { jsonSchema } from "../plan/schema.ts";
import { DECISION_EFFECTS } from "../decision/states.ts";

const expectSchema = z.strictObject({
  effect: z.enum(DECISION_EFFECTS),
  reason: z.string().min(1).max(200),
  rule: z.string().max(200).exactOptional(),
});

/** A whole question with its answer, or a test that changes some fields of such a question. */
export const caseSchema = z.union([
  z.strictObject({
    id: z
      .string()
      .regex(/^fixture:[a-z0-9][a-z0-9-]{0,119}$/, "A fixture is fixture:<system>-<case>-<allow or deny>."),
    says: z.string().max(500).exactOptional(),
    request: z.record(z.string(), jsonSchema),
    expect: expectSchema,
  }),
  z.strictObject({
    test: z.string().min(1).max(200),
    /** The fixture whose question is changed. */
    from: z.string(),
    /** New values by path, such as `context.ttl_hours`. */
    set: z.record(z.string(), jsonSchema).default({}),
    /** Paths that are taken away. */
    unset: z.array(z.string()).default([]),
    expect: expectSchema,
  }),
]);
export type WrittenCase = z.output<typeof caseSchema>;
