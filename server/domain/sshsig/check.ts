import { readArmor } from "./armor.ts";
import { type MessageHash, readBlob, requireNamespace, signedData } from "./blob.ts";
import { faultOf, type SignatureFault } from "./fault.ts";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import { type Presence, requireSignature, type SignaturePolicy } from "./signature.ts";

/** The stages of a signature, in the order that decides which fault is named. */
export const SIGNATURE_STAGES = ["parse", "namespace", "public_key", "signer", "signature"] as const;
export type SignatureStage = (typeof SIGNATURE_STAGES)[number];

/** What is known of a signature; later stages fill more of it. */
export interface SignatureFacts<S> {
  hash?: MessageHash;
  key?: PublicKey;
  signer?: S;
}

export type SignatureVerdict<S> =
  | {
      kind: "good";
      hash: MessageHash;
      key: PublicKey;
      signer: S;
      presence: Presence | null;
      passed: readonly SignatureStage[];
    }
  | {
      kind: "refused";
      stage: SignatureStage;
      fault: SignatureFault;
      facts: SignatureFacts<S>;
      passed: readonly SignatureStage[];
    };

interface Given<S> {
  armored: string;
  message: Uint8Array;
  namespace: string;
  /** Who may sign with this key now; throws a fault if nobody may. Asked before any of the key's mathematics. */
  admit: (key: PublicKey) => S;
  policy: SignaturePolicy;
}

/**
 * Verifies an armored SSH signature over the raw message, stage by stage; the first stage that refuses names the fault
 * and no later one is looked at. `armored`: one character for each byte.
 */
export function checkSignature<S>(given: Given<S>): SignatureVerdict<S> {
  const passed: SignatureStage[] = [];
  const facts: SignatureFacts<S> = {};
  let current: SignatureStage = "parse";
  const stage = <T>(name: SignatureStage, run: () => T): T => {
    current = name;
    const value = run();
    passed.push(name);
    return value;
  };
  const outcome = faultOf(() => {
    const blob = stage("parse", () => readBlob(readArmor(given.armored)));
    facts.hash = blob.hash;
    stage("namespace", () => requireNamespace(blob.namespace, given.namespace));
    const key = stage("public_key", () => readPublicKey(blob.publicKey));
    facts.key = key;
    const signer = stage("signer", () => given.admit(key));
    facts.signer = signer;
    const { message, policy } = given;
    const presence = stage("signature", () =>
      requireSignature(key, blob.signature, { data: signedData(message, blob), policy }),
    );
    return { hash: blob.hash, key, signer, presence };
  });
  if (outcome.kind === "ok") return { kind: "good", ...outcome.value, passed };
  return { kind: "refused", stage: current, fault: outcome.fault, facts, passed };
}
