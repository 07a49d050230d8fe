import * as z from "zod";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { readRunbookText } from "#server/domain/runbook/foreign/document.ts";
import { runbookEffect } from "#server/domain/runbook/effect.ts";
import { sourceSchema } from "#server/domain/runbook/schema.ts";
import { query } from "../verb.ts";
import { outlineOf } from "./outline.ts";

/** Reads a text as it is being written or pasted: what it holds and what is wrong with it. Keeps nothing. */
export const checkText = query({
  action: "runbook.read",
  input: z.strictObject({ source: sourceSchema }),
  run: (_ctx, { source }) => {
    const { document, runbook } = readRunbookText(source, CATALOGUE);
    return Promise.resolve({
      ...outlineOf(document),
      contentHash: runbook?.contentHash ?? null,
      effect: runbook && runbookEffect(runbook, CATALOGUE),
    });
  },
});

/** What an editor completes: every operation with its parameters and the values that it gives. */
export const listOperations = query({
  action: "runbook.read",
  input: z.strictObject({}),
  run: () => Promise.resolve(OPERATIONS),
});

const shapeSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

const OPERATIONS = [...CATALOGUE.values()].map(({ id, title, effect, parameters, outputs }) => {
  const shape = shapeSchema.safeParse(
    z.toJSONSchema(parameters, { unrepresentable: "any", io: "input" }),
  ).data;
  const required = new Set(shape?.required);
  return {
    id,
    title,
    effect,
    outputs,
    parameters: Object.keys(shape?.properties ?? {}).map((name) => ({
      name,
      isRequired: required.has(name),
    })),
  };
});
