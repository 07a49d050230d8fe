import * as z from "zod";
import { parseJson } from "../audit/event.ts";
import { checkSignature } from "../sshsig/check.ts";
import type { JobRecord } from "./bundle.ts";

/** A signature as the record of a job holds it. */
const signatureSchema = z.strictObject({
  person: z.strictObject({ id: z.string(), name: z.string() }),
  /** `type base64`, as in a .pub file. */
  publicKey: z.string(),
  fingerprint: z.string(),
  digest: z.string(),
  namespace: z.string(),
  armored: z.string(),
  message: z.string(),
  at: z.string(),
});
export type SignatureRecord = z.output<typeof signatureSchema>;

/** Whose signature it says it is, and of which key. Throws where it is not recorded as one. */
export function signerIn(given: JobRecord["signatures"][number]): { name: string; fingerprint: string } {
  const { person, fingerprint } = signatureSchema.parse(given);
  return { name: person.name, fingerprint };
}

const messageSchema = z.looseObject({ params: z.looseObject({ digest: z.string(), job: z.string() }) });

/** Why a signature does not stand for this job, or null. The key has to be the enrolled one, and sign these very bytes. */
export function signatureProblem(given: JobRecord["signatures"][number], job: JobRecord): string | null {
  const parsed = signatureSchema.safeParse(given);
  if (!parsed.success) return "a signature is not recorded as one.";
  const { person, publicKey, digest, namespace, armored, message } = parsed.data;
  const whose = `the signature of ${person.name}`;
  if (person.id === job.requester.id) return `${whose} is the requester's own.`;
  if (digest !== job.digest) return `${whose} is about another digest.`;
  const signed = messageSchema.safeParse(parseJson(message));
  if (!signed.success || signed.data.params.digest !== job.digest || signed.data.params.job !== job.id) {
    return `${whose} is over an operation of another job.`;
  }
  const verdict = checkSignature({
    armored,
    message: Buffer.from(message),
    namespace,
    admit: (key) => Buffer.from(key.blob).toString("base64"),
    policy: { requiresVerification: false, origins: [] },
  });
  if (verdict.kind !== "good") return `${whose} does not verify.`;
  return verdict.signer === publicKey.split(" ")[1] ? null : `${whose} was made with another key.`;
}
