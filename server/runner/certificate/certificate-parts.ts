import type { Connection, Db, Tx } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import type { ActorType } from "#server/domain/actor/states.ts";
import type { CertificateRefusal } from "#server/domain/ssh-certificate/answer.ts";
import type { CertificateContent } from "#server/domain/ssh-certificate/certificate.ts";
import type { PublicKey } from "#server/domain/sshsig/public-key.ts";
import type { Sealer } from "../sealing.ts";

/** What certificates are signed with. */
export interface CertificateParts {
  db: Connection["db"];
  sealer: Sealer;
  now: Clock;
}

/** What the pipeline has decided on; the signer adds the serial number. */
export interface ToSign {
  key: PublicKey;
  /** `type base64`. */
  keyLine: string;
  actorType: ActorType;
  content: Omit<CertificateContent, "serial">;
}

export type Signed =
  | { kind: "signed"; authorityId: string; content: CertificateContent; line: string }
  | { kind: "refused"; refusal: CertificateRefusal };

/** Who signs. */
export interface CertificateSigner {
  /**
   * Asks an engine on the network, where one signs: outside of any transaction, so that nothing waits for it but the one
   * who asked. Null where the console's own key signs.
   */
  ahead: (db: Db, toSign: () => Promise<ToSign | null>) => Promise<Signed | null>;
  /**
   * Signs, or takes what was signed ahead. Called with certificates locked, so that serial numbers do not meet and the
   * authority is still the one that signs.
   */
  sign: (tx: Tx, wanted: ToSign, ahead: Signed | null) => Promise<Signed>;
}

/** What requests are answered with. */
export interface SigningParts extends CertificateParts {
  signer: CertificateSigner;
}
