import { canonicalJson, type Json } from "../canonical/json.ts";
import { type ClassifiedOperation, classifyOperation, KEY_ROTATION } from "../effect/classify.ts";
import type { OperationEnvelope } from "./envelope.ts";
import { findUnsafe } from "./safe-json.ts";
import type { Signer } from "./signer.ts";
import {
  inOrder,
  type OperationError,
  type OperationVerdict,
  type Presentation,
  type StepVerdict,
  type UsedNonce,
  verifySignedOperation,
} from "./verify.ts";

/** What is about to be carried out, as the console knows it, not as anybody claims. */
export interface OperationIntent extends Pick<ClassifiedOperation, "jobId" | "objectId" | "journal"> {
  /** Class of the operation, such as `guest_destroy`. */
  op: string;
  hostId: string;
  /** The tenant or other thing it is about; empty: the whole host. */
  guestId: string;
  params: { readonly [key: string]: Json };
}

export interface OperationGate<S extends Signer> {
  intent: OperationIntent;
  /** What was handed in, or null. */
  signed: { armored: string; message: Uint8Array } | null;
  /** Null or without a signer: nothing destructive is possible. */
  verifier: Pick<Presentation<S>, "namespace" | "signers" | "hostId" | "policy"> | null;
  now: Date;
  usedNonce: UsedNonce;
}

export const GATE_OUTCOMES = [
  "benign",
  "signed",
  "pending_signature",
  "rejected",
  "role_denied",
  "binding_mismatch",
] as const;
export type GateOutcome = (typeof GATE_OUTCOMES)[number];

export interface GateVerdict<S extends Signer> {
  isAllowed: boolean;
  outcome: GateOutcome;
  /** Of the pipeline; null unless the outcome is `rejected`. */
  error: OperationError | null;
  says: string;
  /** Every step of the locked order; none where no signature was looked at. */
  steps: readonly StepVerdict[];
  verified: (OperationVerdict<S> & { kind: "verified" }) | null;
}

const SPENT = "Nothing was carried out, and this signature is spent: sign again with a fresh nonce.";

/**
 * Whether an operation may be carried out: benign ones as they are, destructive ones on a signature that passes every
 * step. Role and binding come after the nonce, so an operation that fails them cannot be presented again.
 */
export async function gateOperation<S extends Signer>(given: OperationGate<S>): Promise<GateVerdict<S>> {
  const { intent, signed, verifier, now, usedNonce } = given;
  const { jobId, objectId, journal } = intent;
  const { disposition, says } = classifyOperation({ operationClass: intent.op, jobId, objectId, journal });
  if (disposition === "benign") return withoutSignature("benign", says);
  if (verifier === null || verifier.signers.length === 0) {
    return withoutSignature(
      "pending_signature",
      `${says} It needs a signature, and no key is enrolled that could give one. Nothing was carried out. Enrol a signer first.`,
    );
  }
  if (signed === null) {
    return withoutSignature(
      "pending_signature",
      `${says} It needs a signature. Nothing was carried out. Download the bytes, sign them and hand the signature in.`,
    );
  }
  const verdict = await verifySignedOperation({ ...verifier, ...signed, now, usedNonce });
  if (verdict.kind === "refused") {
    const { error, steps } = verdict;
    return { isAllowed: false, outcome: "rejected", error, says: verdict.says, steps, verified: null };
  }
  return afterNonce(verdict, intent);
}

function withoutSignature<S extends Signer>(
  outcome: "benign" | "pending_signature",
  says: string,
): GateVerdict<S> {
  return { isAllowed: outcome === "benign", outcome, error: null, says, steps: [], verified: null };
}

function afterNonce<S extends Signer>(
  verified: OperationVerdict<S> & { kind: "verified" },
  intent: OperationIntent,
): GateVerdict<S> {
  const { signer, envelope } = verified;
  const passed = verified.steps.filter(({ verdict }) => verdict === "passed");
  const role: StepVerdict = isInRole(signer, envelope)
    ? { step: "role", verdict: "passed", says: `A key with the role ${signer.role} may sign this.` }
    : {
        step: "role",
        verdict: "failed",
        says: `A recovery key puts other keys in place and may sign nothing else. ${SPENT}`,
      };
  if (role.verdict === "failed") return deny("role_denied", verified, { passed, failed: role });
  const binding: StepVerdict = isBoundTo(envelope, intent)
    ? { step: "binding", verdict: "passed", says: "It is exactly what is about to be carried out." }
    : {
        step: "binding",
        verdict: "failed",
        says: `What was signed is not what is about to be carried out. ${SPENT}`,
      };
  if (binding.verdict === "failed") {
    return deny("binding_mismatch", verified, { passed: [...passed, role], failed: binding });
  }
  const steps = inOrder([...passed, role, binding]);
  return { isAllowed: true, outcome: "signed", error: null, says: binding.says, steps, verified };
}

function deny<S extends Signer>(
  outcome: "role_denied" | "binding_mismatch",
  verified: OperationVerdict<S> & { kind: "verified" },
  { passed, failed }: { passed: readonly StepVerdict[]; failed: StepVerdict },
): GateVerdict<S> {
  const steps = inOrder([...passed, failed]);
  return { isAllowed: false, outcome, error: null, says: failed.says, steps, verified };
}

/** Recovery keys rotate keys; operational keys sign everything else, and planned rotations too. */
function isInRole(signer: Signer, { op }: OperationEnvelope): boolean {
  return signer.role === "operational" || op === KEY_ROTATION;
}

/** By meaning for the parameters, letter by letter for everything else. */
function isBoundTo(envelope: OperationEnvelope, intent: OperationIntent): boolean {
  return (
    envelope.op === intent.op &&
    envelope.target.host_id === intent.hostId &&
    envelope.target.guest_id === intent.guestId &&
    findUnsafe(intent.params) === null &&
    canonicalJson(envelope.params) === canonicalJson(intent.params)
  );
}
