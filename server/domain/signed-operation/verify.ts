import { checkSignature, SIGNATURE_STAGES, type SignatureVerdict } from "../sshsig/check.ts";
import type { SignatureCode, SignatureError } from "../sshsig/fault.ts";
import type { SignaturePolicy } from "../sshsig/signature.ts";
import { lifetimeOf, type OperationEnvelope, parseOperation } from "./envelope.ts";
import { admitSigner, type Signer } from "./signer.ts";
import { FAILED, type OperationFault, passedStages } from "./words.ts";

/** The locked order. What stands before `nonce` may be tried again; from there on the operation is spent. */
export const OPERATION_STEPS = [
  ...SIGNATURE_STAGES,
  "operation",
  "target",
  "time",
  "nonce",
  "role",
  "binding",
] as const;
export type OperationStep = (typeof OPERATION_STEPS)[number];

export interface StepVerdict {
  step: OperationStep;
  verdict: "passed" | "failed" | "not_reached";
  /** What was found, for a person; empty where nothing was looked at. */
  says: string;
}

export type OperationError = SignatureError | "ErrTarget" | "ErrNotYetValid" | "ErrExpired" | "ErrReplay";

/** How far the clock of who made the operation may be ahead of ours. There is no such allowance at the end. */
const SKEW_MS = 120_000;

export interface Presentation<S extends Signer> {
  /** One character for each byte. */
  armored: string;
  /** The signed bytes exactly as they were handed in. */
  message: Uint8Array;
  namespace: string;
  /** One snapshot for the whole verification. */
  signers: readonly S[];
  /** The installation or cloud that would carry the operation out. */
  hostId: string;
  now: Date;
  /** Left out: touch of a security key suffices, and no page of a browser may sign. */
  policy?: SignaturePolicy;
}

/**
 * Writes the nonce durably and answers whether it was there already. Two of one nonce must not both hear "new"; what
 * cannot be written throws.
 */
export type UsedNonce = (nonce: { value: string; expiresAt: Date }) => Promise<boolean> | boolean;

export type OperationVerdict<S extends Signer> =
  | {
      kind: "verified";
      steps: readonly StepVerdict[];
      signer: S;
      envelope: OperationEnvelope;
      fingerprint: string;
      keyType: string;
      /** Flags and counter of a security key, else null. */
      presence: { flags: number; counter: number } | null;
    }
  | {
      kind: "refused";
      error: OperationError;
      code: SignatureCode | OperationFault;
      says: string;
      steps: readonly StepVerdict[];
      /** As far as they were found out. */
      signer: S | null;
      envelope: OperationEnvelope | null;
      fingerprint: string | null;
    };

const STRICT: SignaturePolicy = { requiresVerification: false, origins: [] };

/**
 * Verifies a signed operation in the locked order and tells what every step found; the first failed one names the
 * error. The nonce is recorded last, by `usedNonce`, so nothing invalid ever spends one. Without `usedNonce` this only
 * looks: "verified" then does not say that the operation is new, and nothing may be carried out on it.
 */
export async function verifySignedOperation<S extends Signer>(
  given: Presentation<S> & { usedNonce?: UsedNonce },
): Promise<OperationVerdict<S>> {
  const verdict = lookAtOperation(given);
  if (verdict.kind === "refused" || given.usedNonce === undefined) return verdict;
  const { envelope, signer, fingerprint, steps } = verdict;
  const { expiresAt } = lifetimeOf(envelope);
  if (await given.usedNonce({ value: envelope.nonce, expiresAt })) {
    return refusal("NONCE_USED", { signer, envelope, fingerprint, passed: passedBefore(steps) });
  }
  const spent = { step: "nonce", verdict: "passed", says: "It is presented for the first time." } as const;
  return { ...verdict, steps: inOrder([...passedBefore(steps), spent]) };
}

/** Every step before the nonce. */
function lookAtOperation<S extends Signer>(given: Presentation<S>): OperationVerdict<S> {
  const { armored, message, namespace, signers, hostId, now, policy = STRICT } = given;
  const signature = checkSignature({
    armored,
    message,
    namespace,
    admit: (key) => admitSigner(signers, key.blob, now),
    policy,
  });
  const passed: StepVerdict[] = [...passedStages(signature, namespace)];
  if (signature.kind === "refused") return ofSignature(signature, passed);
  const { signer, key, presence } = signature;
  const { fingerprint } = key;
  const pass = (step: OperationStep, says: string) => passed.push({ step, verdict: "passed", says });

  const envelope = parseOperation(message);
  const refuse = (code: OperationFault) => refusal(code, { signer, envelope, fingerprint, passed });
  if (envelope === null) return refuse("OPERATION_MALFORMED");
  pass("operation", `The bytes are one operation in canonical form: ${envelope.op}.`);

  if (envelope.target.host_id !== hostId) return refuse("TARGET_OTHER_HOST");
  pass("target", "It is meant for this installation.");

  const { issuedAt, expiresAt } = lifetimeOf(envelope);
  if (!(now.getTime() >= issuedAt.getTime() - SKEW_MS)) return refuse("NOT_YET_VALID");
  if (!(now < expiresAt)) return refuse("EXPIRED");
  pass("time", `It may be carried out until ${expiresAt.toISOString()}.`);
  const steps = inOrder(passed);
  return { kind: "verified", steps, signer, envelope, fingerprint, keyType: key.type, presence };
}

function ofSignature<S extends Signer>(
  { stage, fault, facts }: SignatureVerdict<S> & { kind: "refused" },
  passed: readonly StepVerdict[],
): OperationVerdict<S> {
  const { error, code, says } = fault;
  return {
    kind: "refused",
    error,
    code,
    says,
    steps: inOrder([...passed, { step: stage, verdict: "failed", says }]),
    signer: facts.signer ?? null,
    envelope: null,
    fingerprint: facts.key?.fingerprint ?? null,
  };
}

function refusal<S extends Signer>(
  code: OperationFault,
  found: {
    signer: S;
    envelope: OperationEnvelope | null;
    fingerprint: string;
    passed: readonly StepVerdict[];
  },
): OperationVerdict<S> {
  const { passed, ...facts } = found;
  const { step, error, says } = FAILED[code];
  const steps = inOrder([...passed, { step, verdict: "failed", says }]);
  return { kind: "refused", error, code, says, steps, ...facts };
}

const passedBefore = (steps: readonly StepVerdict[]) => steps.filter(({ verdict }) => verdict === "passed");

/** All steps, those without a verdict as not reached. */
export function inOrder(verdicts: readonly StepVerdict[]): StepVerdict[] {
  return OPERATION_STEPS.map(
    (step) => verdicts.find((verdict) => verdict.step === step) ?? { step, verdict: "not_reached", says: "" },
  );
}
