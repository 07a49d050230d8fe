import { demand } from "../sshsig/fault.ts";
import { isSameKey } from "../sshsig/public-key.ts";
import { isInWindow, type ValidityWindow } from "../sshsig/window.ts";
import type { SignerRole } from "./states.ts";

/** An enrolled key in the snapshot of one moment. */
export interface Signer extends ValidityWindow {
  role: SignerRole;
  /** The key as the wire has it. */
  blob: Uint8Array;
  revokedAt: Date | null;
}

/** Whether the key may sign at this moment. */
export function isInForce(signer: Signer, now: Date): boolean {
  const isRevoked = signer.revokedAt !== null && now >= signer.revokedAt;
  return isInWindow(signer, now) && !isRevoked;
}

/**
 * The one signer with this key who may sign now: by key material, never by a name that came with the signature. Throws
 * a signature fault.
 */
export function admitSigner<S extends Signer>(signers: readonly S[], blob: Uint8Array, now: Date): S {
  const same = signers.filter((signer) => isSameKey(signer, { blob }));
  const [signer] = same;
  demand(signer !== undefined, "KEY_NOT_ALLOWED");
  demand(same.length === 1, "KEY_AMBIGUOUS");
  demand(isInForce(signer, now), "KEY_NOT_VALID_NOW");
  return signer;
}
