import type { Connection } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import type { Containment } from "../process/containment.ts";
import type { CertificateSigner } from "../certificate/certificate-parts.ts";
import type { Sealer } from "../sealing.ts";

/** What checks are run with. */
export interface CheckParts {
  /** Of the runner whose heartbeat says that it lives. */
  runnerId: string;
  db: Connection["db"];
  sql: Connection["sql"];
  sealer: Sealer;
  /** Who signs SSH certificates. */
  signer: CertificateSigner;
  clouds: ReadonlyMap<string, CloudConfig>;
  /** How processes of this machine are kept together; null where they cannot be, and then none is started. */
  containment: Containment | null;
  now: Clock;
  /** Rejects with the signal's reason when it is aborted. */
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}
