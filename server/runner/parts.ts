import type { Connection } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import type { Catalogue } from "#server/domain/operation/definition.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import type { Operation } from "#server/operations/handler.ts";
import type { Sealer } from "./sealing.ts";

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
  now: Clock;
  /** Rejects with the signal's reason when it is aborted. */
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /**
   * Called at every boundary where a crash could fall, such as `before intent` or `after send`. Production passes
   * `noBoundary`; tests stop the world there.
   */
  boundary: (point: string) => Promise<void>;
}

export const noBoundary = (): Promise<void> => Promise.resolve();
