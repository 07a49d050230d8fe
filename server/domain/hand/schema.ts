import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { digestSchema, reasonSchema } from "../job/schema.ts";
import { ROLES } from "../person/states.ts";

/** Steps that a person does outside of the console, as plans, rules and audit name them. */
export const MANUAL_CHECK = "manual.check";
export const MANUAL_RUN = "manual.run";

/** Raised whenever the same instructions would lead to something else. */
export const MANUAL_VERSION = 1;

/** What every such step says about its result, beside the evidence that it asks for. */
export const MANUAL_OUTPUTS = ["done", "attested_by"] as const;

/** Longest instructions, in UTF-8 bytes. */
export const INSTRUCTIONS_MAX_BYTES = 8 * 1024;
/** Pieces of evidence that one step asks for. */
export const EVIDENCE_MAX = 5;
/** Longest text of one piece of evidence, in UTF-8 bytes. */
export const EVIDENCE_TEXT_MAX_BYTES = 32 * 1024;
/** Largest file of one piece of evidence. With its base64 it fits into a request. */
export const EVIDENCE_FILE_MAX_BYTES = 256 * 1024;
/** All files of one attestation together. */
export const EVIDENCE_FILES_MAX_BYTES = 512 * 1024;
/** Longest output of a block that a person pastes, in UTF-8 bytes. With what JSON adds to it, it fits into a request. */
export const PASTE_MAX_BYTES = 256 * 1024;
/** A step that nobody attests for so long ends its run: the world it was approved in is another one by then. */
export const HAND_WAIT_MS = 24 * 60 * 60 * 1000;

/** Whom a step is for: people of a role, whoever asked for the job, or somebody who approved it. */
export const ASSIGNEES = [...ROLES, "requester", "approver"] as const;
export type Assignee = (typeof ASSIGNEES)[number];

export const ASSIGNEE_WORDS: Record<Assignee, string> = {
  operator: "an operator",
  reviewer: "a reviewer",
  manager: "a manager",
  admin: "an admin",
  auditor: "an auditor",
  requester: "whoever asked for the job",
  approver: "somebody who approved the job",
};

const askedSchema = z.strictObject({ kind: z.enum(["text", "file"]), asks: z.string().min(1).max(300) });

/** What a runbook says about a step by hand; its instructions may hold templates. A plan freezes them filled in. */
export const manualSchema = z.strictObject({
  instructions: z.string().min(1),
  assignee: z.enum(ASSIGNEES),
  /** `requester`, `approver`, or ids of steps by hand before it in the stage: people it has to differ from. */
  differs: z.array(z.string()),
  evidence: z.record(z.string(), askedSchema),
  /** What a RUN declares of itself; one that declares nothing destroys, as far as anybody knows. */
  effect: z.enum(["mutate", "destroy"]),
  revert: z.string().nullable(),
});
export type Manual = z.output<typeof manualSchema>;

export function isManualOperation(operation: string): boolean {
  return operation === MANUAL_CHECK || operation === MANUAL_RUN;
}

/** `done`: it is attested. `not_done`: the right person says that it was not done, and the run ends. */
export const HAND_RESULTS = ["done", "not_done"] as const;
export type HandResult = (typeof HAND_RESULTS)[number];

const byteLength = (text: string) => new TextEncoder().encode(text).length;

const evidenceTextSchema = z
  .string()
  .refine(isKeepable, "This holds a character that cannot be kept.")
  .refine((text) => byteLength(text) <= EVIDENCE_TEXT_MAX_BYTES, {
    message: `A text has at most ${EVIDENCE_TEXT_MAX_BYTES / 1024} KiB.`,
  });

const BASE64_MAX = Math.ceil(EVIDENCE_FILE_MAX_BYTES / 3) * 4;

const evidenceFileSchema = z.strictObject({
  fileName: z
    .string()
    .min(1)
    .max(120)
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._()-]*$/, "A file name has letters, digits, blanks and . _ ( ) - only."),
  base64: z
    .string()
    .min(1, "The file is empty.")
    .max(BASE64_MAX, `A file has at most ${EVIDENCE_FILE_MAX_BYTES / 1024} KiB.`)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "The file is not base64."),
});

const few = <T>(values: Record<string, T>) => Object.keys(values).length <= EVIDENCE_MAX;

/** What a block printed where a person ran it, and how it ended. */
export const pastedSchema = z.strictObject({
  output: z
    .string()
    .refine(isKeepable, "The pasted output holds a NUL byte or half a character, which cannot be kept.")
    .refine((text) => byteLength(text) <= PASTE_MAX_BYTES, {
      message: `The pasted output has at most ${PASTE_MAX_BYTES / 1024} KiB.`,
    }),
  exit: z
    .int("The exit code is a whole number.")
    .min(0, "An exit code is at least 0.")
    .max(255, "An exit code is at most 255."),
});

/** What a person hands in; kept as it came only until the runner has masked it. */
export const givenSchema = z.strictObject({
  note: reasonSchema,
  texts: z.record(z.string().max(60), evidenceTextSchema).refine(few),
  files: z.record(z.string().max(60), evidenceFileSchema).refine(few),
  /** Of a block that a person ran, and of nothing else. */
  pasted: pastedSchema.exactOptional(),
});
export type Given = z.output<typeof givenSchema>;

/** The same, masked, with files by their digest. */
export const keptSchema = z.strictObject({
  note: z.string(),
  texts: z.record(z.string(), z.string()),
  files: z.record(
    z.string(),
    z.strictObject({
      fileName: z.string(),
      bytes: z.int(),
      /** sha256 of the file as it is kept; null where it held a sealed value and was not kept. */
      digest: digestSchema.nullable(),
    }),
  ),
  pasted: z.strictObject({ output: z.string(), exit: z.int() }).exactOptional(),
});
export type Kept = z.output<typeof keptSchema>;

export const attestHandSchema = z.strictObject({
  jobId: z.uuid(),
  stepId: z.string().min(1).max(60),
  /** Of the request, as the page showed it. */
  digest: digestSchema,
  result: z.enum(HAND_RESULTS),
  given: givenSchema,
});
