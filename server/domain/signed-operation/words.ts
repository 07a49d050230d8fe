import type { SignatureStage, SignatureVerdict } from "../sshsig/check.ts";
import type { Signer } from "./signer.ts";

const FRESH = "Nothing was accepted. Download the bytes of the job as it is now and sign them.";

/** How an operation is refused whose signature is good. */
export const FAILED = {
  OPERATION_MALFORMED: {
    step: "operation",
    error: "ErrMalformed",
    says: `The signed bytes are not one operation in its canonical form. ${FRESH}`,
  },
  TARGET_OTHER_HOST: {
    step: "target",
    error: "ErrTarget",
    says: `The operation is meant for another installation. ${FRESH}`,
  },
  NOT_YET_VALID: {
    step: "time",
    error: "ErrNotYetValid",
    says: "The operation was issued more than two minutes in the future. Nothing was accepted. Compare the clocks, then sign again.",
  },
  EXPIRED: { step: "time", error: "ErrExpired", says: `The operation has expired. ${FRESH}` },
  NONCE_USED: {
    step: "nonce",
    error: "ErrReplay",
    says: "This operation was presented before. Nothing was accepted. Sign again with a fresh nonce.",
  },
} as const satisfies Record<string, { step: string; error: string; says: string }>;

export type OperationFault = keyof typeof FAILED;

/** What the passed stages of a signature found. */
export function passedStages<S extends Signer>(signature: SignatureVerdict<S>, namespace: string) {
  const { hash, key, signer } = signature.kind === "good" ? signature : signature.facts;
  const touched = signature.kind === "good" && signature.presence !== null;
  const words: Record<SignatureStage, string> = {
    parse: `The text is one SSH signature, version 1, hashed with ${hash}.`,
    namespace: `It was made for ${namespace}.`,
    public_key: `The key is well formed and strong enough: ${key?.type} ${key?.fingerprint}.`,
    signer: `The key is enrolled and valid now, as ${signer?.role} key.`,
    signature: `The signature fits exactly these bytes${touched ? ", and the security key was touched" : ""}.`,
  };
  return signature.passed.map((step) => ({ step, verdict: "passed" as const, says: words[step] }));
}
