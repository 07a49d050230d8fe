import type { Connection } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import type { Catalogue } from "#server/domain/operation/definition.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import { HTTP_LIMITS, type HttpLimits } from "#server/openstack/limits.ts";
import type { Operation } from "#server/operations/handler.ts";
import type { Boundary } from "./boundaries.ts";
import { STALLED_AFTER_MS } from "./limits.ts";
import type { Containment } from "./process/containment.ts";
import type { CertificateSigner } from "./certificate/certificate-parts.ts";
import type { GuestPace } from "./guest-pace.ts";
import type { Sealer } from "./sealing.ts";

/** How long a runner bears with what does not answer. */
export interface Patience {
  /** A run that did nothing at all for so long is given up by its process; recovery looks at it. */
  stalledAfterMs: number;
  http: HttpLimits;
}

export const PATIENCE: Patience = { stalledAfterMs: STALLED_AFTER_MS, http: HTTP_LIMITS };

/** What every piece of the runner works with. */
export interface RunnerParts {
  /** Of this process's life; leases and claims carry it. */
  runnerId: string;
  db: Connection["db"];
  sql: Connection["sql"];
  /** Configured clouds by name. The only place that holds operator credentials. */
  clouds: ReadonlyMap<string, CloudConfig>;
  catalogue: Catalogue;
  handlers: ReadonlyMap<string, Operation>;
  sealer: Sealer;
  /** Who signs SSH certificates. */
  signer: CertificateSigner;
  /** How processes of this machine are kept together; null where they cannot be, and then none is started. */
  containment: Containment | null;
  /** What operations are signed for in this deployment. */
  signatureNamespace: string;
  now: Clock;
  /** Rejects with the signal's reason when it is aborted. */
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  patience: Patience;
  /** How often changes of guests begin. */
  guestPace: GuestPace;
  /** Called at every boundary where a fault could fall. Production passes `noBoundary`; tests stop the world there. */
  boundary: (point: Boundary) => Promise<void>;
}

export const noBoundary = (): Promise<void> => Promise.resolve();
