import type { Connection, Tx } from "#db/client.ts";
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
interface ToSign {
  key: PublicKey;
  actorType: ActorType;
  content: Omit<CertificateContent, "serial">;
}

export type Signed =
  | { kind: "signed"; authorityId: string; content: CertificateContent; line: string }
  | { kind: "refused"; refusal: CertificateRefusal };

/** Who signs. Called with certificates locked, so that serial numbers do not meet. */
export type CertificateSigner = (tx: Tx, wanted: ToSign) => Promise<Signed>;

/** What requests are answered with. */
export interface SigningParts extends CertificateParts {
  signer: CertificateSigner;
}
