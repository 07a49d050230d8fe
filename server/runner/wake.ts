import * as z from "zod";
import { connect, type Connection } from "#db/client.ts";
import { log } from "#server/log.ts";

import { describeError } from "./database-error.ts";
const CHANNEL = "countersign";

/** Changes that may mean work for most loops: everything else that is announced is what runners themselves write. */
const WORK_KINDS = [
  "job",
  "plan",
  "handover",
  "job_resolution",
  "signing_request",
  "change_freeze",
  "check_run",
  "host_key",
] as const;
const announced = z.object({ kind: z.string(), state: z.string().nullable() });
const WORK_STATES = new Set(["requested", "queued", null]);

/** A flag that any number of callers raise and one loop waits for. */
export class Wake {
  private isRaised = false;
  private release: (() => void) | null = null;

  raise(): void {
    this.isRaised = true;
    this.release?.();
  }

  /** Resolves when raised since the last time, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.isRaised) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.release = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.release = null;
    this.isRaised = false;
  }
}

/** The one LISTEN connection of this process. */
export class Listener {
  private readonly url: string;
  private readonly wake: Wake;
  private readonly kinds: ReadonlySet<string>;
  private connection: Connection | null = null;

  /** `kinds`: the tables whose changes may mean work for whoever waits. */
  constructor(url: string, wake: Wake, kinds: readonly string[] = WORK_KINDS) {
    this.url = url;
    this.wake = wake;
    this.kinds = new Set(kinds);
  }

  /** Listens anew, on a connection of its own; notifications missed meanwhile are made up for by looking. */
  async start(): Promise<void> {
    await this.stop();
    const connection = connect(this.url, { max: 1 });
    this.connection = connection;
    await connection.sql.listen(
      CHANNEL,
      (payload) => this.hear(payload),
      () => this.wake.raise(),
    );
  }

  async stop(): Promise<void> {
    const { connection } = this;
    this.connection = null;
    await connection?.close().catch((error: unknown) => {
      log.debug({ problem: describeError(error) }, "the listening connection was gone already");
    });
  }

  private hear(payload: string): void {
    const parsed = announced.safeParse(parseJson(payload));
    const isWork = parsed.success && this.kinds.has(parsed.data.kind) && WORK_STATES.has(parsed.data.state);
    if (isWork) this.wake.raise();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's payload on our channel: no work of ours.
    return null;
  }
}
