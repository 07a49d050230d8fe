import { admitByList, type AllowedSigner, parseAllowedSigners } from "./allowed-signers.ts";
import { checkSignature, type SignatureVerdict } from "./check.ts";
import { SignatureFault } from "./fault.ts";
import type { SignaturePolicy } from "./signature.ts";

/** What `ssh-keygen -Y verify` is given. */
export interface ListedSignature {
  armored: string;
  message: Uint8Array;
  namespace: string;
  /** Who is said to have signed: option -I. */
  principal: string;
  /** Text of the allowed_signers file: option -f. */
  allowedSigners: string;
  now: Date;
  policy: SignaturePolicy;
}

/**
 * Verifies a signature as `ssh-keygen -Y verify` does, by the strict reading. The list is read at the stage that needs
 * it, so that a broken signature is called that whatever the list is like.
 */
export function verifyByList(given: ListedSignature): SignatureVerdict<AllowedSigner> {
  const { allowedSigners, principal, namespace, now, ...rest } = given;
  return checkSignature({
    ...rest,
    namespace,
    admit: (key) => {
      const list = parseAllowedSigners(allowedSigners);
      if (list.kind === "refused") throw new SignatureFault(list.code, "", list.says);
      return admitByList(list.signers, key, { principal, namespace, now });
    },
  });
}
