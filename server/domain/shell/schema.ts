import * as z from "zod";
import { parameterSchema } from "../check/parameters.ts";
import { digestSchema, reasonSchema, stageRefSchema } from "../job/schema.ts";
import { parsePath } from "../runbook/path.ts";
import { SECRET_NAMES } from "../secret/names.ts";

/** Steps of a block on a host, as plans, rules and audit name them. */
export const HOST_CHECK = "host.check";
export const HOST_RUN = "host.run";

/** Raised whenever the same text and parameters would lead to something else. */
export const SHELL_VERSION = 1;

/** What every such step says about its result, beside what it takes out of its output. */
export const SHELL_OUTPUTS = ["exit", "lines", "digest"] as const;

/** Longest pattern, in characters. */
const PATTERN_MAX = 500;
const TAKES_MAX = 20;
export const SHELL_SECONDS = 3600;
export const SHELL_SECONDS_DEFAULT = 300;

/** A path begins with an identifier; an output may be a list, whose path begins with an index. */
export const outputPath = (path: string) => parsePath(`root.${path}`);

/** ECMAScript, over standard output; ^ and $ are ends of lines. */
const patternSchema = z.string().min(1).max(PATTERN_MAX).refine(isPattern, "this pattern cannot be read");

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "mu") instanceof RegExp;
  } catch {
    return false;
  }
}

/**
 * A value taken out of standard output. `matches`: the first group of the pattern, or the whole match; absent where it is
 * not found. `found`: whether it is found. `json`: what stands at a path of the output, which has to be one JSON text.
 */
export const takeSchema = z.union([
  z.strictObject({ matches: patternSchema }),
  z.strictObject({ found: patternSchema }),
  z.strictObject({
    json: z
      .string()
      .min(1)
      .max(200)
      .refine((path) => outputPath(path) !== null, "this is no path such as servers.0.status"),
  }),
]);
export type Take = z.output<typeof takeSchema>;

export const takesSchema = z
  .record(z.string(), takeSchema)
  .refine((takes) => Object.keys(takes).length <= TAKES_MAX, `at most ${TAKES_MAX} values`);

/** What a runbook says about a step on a host; values of the environment may hold templates. */
export const writtenShellSchema = z.strictObject({
  script: z.string(),
  environment: z.record(z.string(), z.strictObject({ type: parameterSchema.shape.type, value: z.string() })),
  secrets: z.array(z.enum(SECRET_NAMES)),
  take: takesSchema,
  timeSeconds: z.int().min(1).max(SHELL_SECONDS),
  /** What a RUN declares of itself; a block that declares nothing destroys, as far as anybody knows. */
  effect: z.enum(["mutate", "destroy"]),
  revert: z.string().nullable(),
});
export type WrittenShell = z.output<typeof writtenShellSchema>;

/** What a plan freezes of such a step: everything that decides what runs, where, as whom, with what. */
export const plannedShellSchema = z.strictObject({
  host: z.strictObject({
    id: z.string(),
    name: z.string(),
    /** Of address, account, its keys and the console's key: a change of any is drift. */
    digest: z.string(),
    where: z.string(),
    hostKeys: z.array(z.string()),
  }),
  account: z.string(),
  script: z.string(),
  environment: z.record(z.string(), z.string()),
  types: z.record(z.string(), parameterSchema.shape.type),
  /** Fingerprints by name; each value becomes a private file for the block. */
  secrets: z.record(z.string(), z.string()),
  take: takesSchema,
  timeSeconds: z.int(),
  /** What two people attest of a CHECK. */
  blockDigest: z.string(),
  /** A person runs it and pastes what it printed; the runner connects to nothing. */
  byHand: z.literal(true).exactOptional(),
  /** The job in which exactly this ran and came to its end: it is not run again. */
  carriedFrom: z.strictObject({ jobId: z.string(), number: z.int() }).exactOptional(),
});
export type PlannedShell = z.output<typeof plannedShellSchema>;

/** Whether a step of a plan is one of ours. */
export function isShellOperation(operation: string): boolean {
  return operation === HOST_CHECK || operation === HOST_RUN;
}

/** The digest is that of the step as the page showed it. */
export const attestStepSchema = stageRefSchema.extend({
  stepId: z.string().min(1).max(60),
  digest: digestSchema,
  reason: reasonSchema,
});
