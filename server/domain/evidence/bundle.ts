import { createHash } from "node:crypto";
import * as z from "zod";
import { canonicalDigest, canonicalJson, type Json } from "../canonical/json.ts";
import { envelopeSchema, questionSchema } from "../decision/schema.ts";
import { JOB_STATES, JOURNAL_KINDS, OUTPUT_STREAMS, RESOLUTIONS } from "../job/states.ts";
import { PROOFS } from "../passkey/states.ts";
import { jsonSchema, stagePlanSchema } from "../plan/schema.ts";
import { standingContentSchema } from "../standing/schema.ts";
import { EFFECTS } from "../plan/states.ts";

const time = z.iso.datetime();
const hex64 = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Members that every bundle has, beside `job-<number>.json` for each job. */
export const MEMBERS = {
  manifest: "manifest.json",
  signature: "manifest.sig.json",
  audit: "audit.jsonl",
  tenant: "tenant.json",
} as const;

export const jobMember = (number: number) => `job-${number}.json`;

/** The bytes of the n-th file, from 1, that people handed in with a job. */
const FILE_MEMBER = /^file-[0-9]{1,10}-[0-9]{1,4}\.bin$/;
export const fileMember = (number: number, n: number) => `file-${number}-${n}.bin`;
export const isFileMember = (name: string) => FILE_MEMBER.test(name);

export const manifestSchema = z.strictObject({
  format: z.literal("countersign-evidence/1"),
  subject: z.strictObject({ kind: z.enum(["job", "tenant"]), id: z.uuid() }),
  madeAt: time,
  /** Jobs in the bundle, and jobs on record of what it is about: fewer of them, and it is not whole. */
  jobs: z.strictObject({ held: z.int().min(0), there: z.int().min(0) }),
  members: z.array(z.strictObject({ name: z.string(), bytes: z.int(), sha256: hex64 })).max(1000),
});
export type Manifest = z.output<typeof manifestSchema>;

export const manifestSignatureSchema = z.strictObject({
  at: time,
  key: hex64,
  publicKey: z.string(),
  signature: z.string().max(100),
});

export const tenantRecordSchema = z.strictObject({
  id: z.uuid(),
  slug: z.string(),
  cloud: z.strictObject({ id: z.uuid(), name: z.string() }),
  inputs: z.record(z.string(), jsonSchema),
  createdAt: time,
  handedOverAt: time.nullable(),
  /** As-run values, oldest first: what gates read as `saved`. */
  values: z.array(
    z.strictObject({ name: z.string(), value: jsonSchema, jobId: z.uuid(), stepId: z.string(), at: time }),
  ),
  findings: z.array(
    z.strictObject({
      jobId: z.uuid(),
      stepId: z.string(),
      code: z.string(),
      severity: z.string(),
      says: z.string(),
      observed: jsonSchema,
      at: time,
    }),
  ),
});
export type TenantRecord = z.output<typeof tenantRecordSchema>;

const personSchema = z.strictObject({ id: z.uuid(), name: z.string() });
const judgedSchema = z.strictObject({
  that: z.string(),
  expected: z.string(),
  observed: z.string(),
  passed: z.boolean(),
});

/** Everything on record of one job. */
export const jobRecordSchema = z.strictObject({
  id: z.uuid(),
  number: z.int(),
  stageKey: z.string(),
  stageTitle: z.string(),
  effect: z.enum(EFFECTS),
  state: z.enum(JOB_STATES),
  requester: personSchema,
  reason: z.string(),
  nonce: z.string(),
  digest: hex64,
  contentDigest: hex64,
  requestedAt: time,
  expiresAt: time,
  consumedAt: time.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  outcomeSays: z.string().nullable(),
  /** What the run proves of its stage: green with exactly these bytes, or not. */
  marker: z.strictObject({ stageHash: z.string(), isGreen: z.boolean() }),
  plan: stagePlanSchema,
  /** Every decision about it, in the order in which they were written down. */
  decisions: z.array(z.strictObject({ question: questionSchema, envelope: envelopeSchema, at: time })),
  approvals: z.array(
    z.strictObject({
      person: personSchema,
      requestedBy: z.uuid(),
      digest: hex64,
      decision: z.enum(["approve", "reject"]),
      tickedCallIds: z.array(z.string()),
      reason: z.string(),
      /** How they had proven who they are, as the console saw it: no answer of an authenticator is kept. */
      provenBy: z.enum(PROOFS).nullable(),
      at: time,
    }),
  ),
  /** The standing approval that counted in place of a fresh one. */
  standing: z
    .strictObject({
      id: z.uuid(),
      number: z.int(),
      proposalId: z.uuid(),
      content: standingContentSchema,
      use: z.int(),
      at: time,
      madeBy: personSchema,
      agreedBy: personSchema,
    })
    .nullable(),
  /** The emergency that let it go without its approval, and who looked at it since. */
  emergency: z
    .strictObject({
      person: personSchema,
      digest: hex64,
      requestedBy: z.uuid(),
      reason: z.string(),
      at: time,
      reviewBy: time,
      reviews: z.array(z.strictObject({ person: personSchema, note: z.string(), at: time })),
    })
    .nullable(),
  resolutions: z.array(
    z.strictObject({ person: personSchema, verdict: z.enum(RESOLUTIONS), reason: z.string(), at: time }),
  ),
  journal: z.array(
    z.strictObject({
      seq: z.int(),
      kind: z.enum(JOURNAL_KINDS),
      stepId: z.string().nullable(),
      callId: z.string().nullable(),
      body: jsonSchema,
      at: time,
    }),
  ),
  evidence: z.array(
    z.strictObject({
      stepId: z.string(),
      values: z.record(z.string(), jsonSchema),
      expectations: z.array(judgedSchema),
      at: time,
    }),
  ),
  gates: z.array(
    z.strictObject({
      gateId: z.string(),
      passed: z.boolean(),
      assertions: z.array(judgedSchema.extend({ says: z.string(), advice: z.string() })),
      at: time,
    }),
  ),
  /** Lines on record: more than are in `output`, and the newest of them are left out. */
  outputThere: z.int().min(0),
  output: z.array(
    z.strictObject({
      seq: z.int(),
      stepId: z.string().nullable(),
      stream: z.enum(OUTPUT_STREAMS),
      text: z.string(),
      at: time,
    }),
  ),
  /** Files that people handed in at steps by hand; `member` is null where a file is left out. Earlier bundles have none. */
  files: z
    .array(
      z.strictObject({
        stepId: z.string(),
        name: z.string(),
        fileName: z.string(),
        bytes: z.int().min(0),
        digest: hex64,
        member: z.string().regex(FILE_MEMBER).nullable(),
      }),
    )
    .exactOptional(),
  /** Signatures under the operation, as they were presented. */
  signatures: z.array(z.record(z.string(), jsonSchema)),
  cleanRoom: jsonSchema,
});
export type JobRecord = z.output<typeof jobRecordSchema>;

/** `sha256:` and 64 hex digits over bytes. */
export function bytesDigest(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A member's bytes: the canonical form, so that nothing can be said in two ways. */
export const memberBytes = (value: Json): Buffer => Buffer.from(canonicalJson(value));

/**
 * The digest that the audit entry of a job's end carries: over journal, evidence and gates as they stood then. Rows that
 * are changed afterwards no longer fit the log.
 */
export function recordDigest(record: {
  journal: readonly Json[];
  evidence: readonly Json[];
  gates: readonly Json[];
}): string {
  return canonicalDigest({ journal: record.journal, evidence: record.evidence, gates: record.gates });
}
