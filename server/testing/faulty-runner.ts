import { eq } from "drizzle-orm";
import { connect, type Connection } from "#db/client.ts";
import { lease } from "#db/schema/job.ts";
import type { Boundary } from "#server/runner/boundaries.ts";
import { claimJob } from "#server/runner/claim.ts";
import { RunStopped } from "#server/runner/endings.ts";
import { runJob } from "#server/runner/executor.ts";
import type { Lease } from "#server/runner/lease.ts";
import { PATIENCE, type RunnerParts } from "#server/runner/parts.ts";
import { leaveRunner } from "#server/runner/presence.ts";
import { recoverJobs } from "#server/runner/recovery.ts";
import { wait } from "#server/runner/wait.ts";
import { type DatabaseLine, openDatabaseLine } from "./database-line.ts";
import type { Bench } from "./runner-bench.ts";

export const FAULTS = ["kill", "throw", "hang", "disk full", "database gone"] as const;
/** Only where a transaction is about to be made: it is carried out, and nobody hears of it. */
export type Fault = (typeof FAULTS)[number] | "commit lost";

/** How long a disk stays full and a database stays away. */
const TROUBLE_MS = 250;
/** What a run that hangs is given, once it does. */
const STALLED_AFTER_MS = 300;

/** Waits of minutes and seconds are cut to what still lets other work happen. */
export const shortWait: RunnerParts["wait"] = (ms, signal) => wait(Math.min(ms, 60), signal);

/** The owner's side of a test database: lets every insert into the journal fail as on a full disk, for a while. */
export interface FullDisk {
  fill(): Promise<void>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

export async function openFullDisk(bench: Bench): Promise<FullDisk> {
  const owner = connect(bench.database.ownerUrl, { max: 1 });
  await owner.sql`create table disk (is_full boolean not null)`;
  await owner.sql`insert into disk values (false)`;
  await owner.sql`create function refuse_full() returns trigger language plpgsql security definer as $$
    begin
      if (select is_full from disk) then
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
      end if;
      return new;
    end $$`;
  await owner.sql`create trigger full_disk before insert on journal_entry for each row execute function refuse_full()`;
  const set = async (isFull: boolean) => void (await owner.sql`update disk set is_full = ${isFull}`);
  return { fill: () => set(true), empty: () => set(false), close: () => owner.close() };
}

/** A runner with a database line of its own, which one fault befalls when it comes to a boundary. */
export class FaultyRunner {
  readonly parts: RunnerParts;
  /** Whether the fault befell it. */
  isHit = false;
  private readonly line: DatabaseLine;
  private readonly connection: Connection;
  private readonly stop = new AbortController();
  private readonly gone = Promise.withResolvers<void>();

  private constructor(given: { parts: RunnerParts; line: DatabaseLine; connection: Connection }) {
    this.parts = given.parts;
    this.line = given.line;
    this.connection = given.connection;
  }

  static async start(
    bench: Bench,
    fate: { fault: Fault; point: Boundary; disk: FullDisk },
  ): Promise<FaultyRunner> {
    const line = await openDatabaseLine(bench.database.appUrl);
    const connection = connect(line.url, { max: 4 });
    const { db, sql } = connection;
    let meet: (point: Boundary) => Promise<void> = () => Promise.resolve();
    const patience = { ...PATIENCE };
    const parts = await bench.otherParts({
      wait: shortWait,
      patience,
      boundary: (point) => meet(point),
    });
    const runner = new FaultyRunner({ parts: { ...parts, db, sql }, line, connection });
    meet = async (point) => {
      if (point !== fate.point || runner.isHit) return;
      runner.isHit = true;
      if (fate.fault === "hang") patience.stalledAfterMs = STALLED_AFTER_MS;
      await runner.befall(fate.fault, fate.disk);
    };
    return runner;
  }

  /** Whether the answer to a COMMIT of its own was lost. */
  hasLostCommit(): boolean {
    return this.line.hasLost();
  }

  /** Takes up what is there and works on it, until it is done or this runner is gone. */
  async work(how: "claim" | "recover"): Promise<void> {
    const working = this.takeUp(how)
      .then((held) => (held === null ? undefined : runJob(this.parts, held, this.stop)))
      .catch(() => undefined); // the loop of a runner logs it and looks again
    await Promise.race([working, this.gone.promise]);
  }

  /** What others see of a runner whose process has ended, or whose lease has run out. */
  async bury(bench: Bench, jobId: string): Promise<void> {
    this.line.cut();
    this.stop.abort(new RunStopped("lease_lost"));
    await leaveRunner({ ...this.parts, db: bench.database.db });
    await bench.database.db
      .update(lease)
      .set({ expiresAt: new Date(0) })
      .where(eq(lease.jobId, jobId));
    // Its pool waits two seconds for answers that cannot come; nobody else has to.
    void this.connection.close().catch(() => undefined);
    void this.line.close();
  }

  private async takeUp(how: "claim" | "recover"): Promise<Lease | null> {
    if (how === "recover") return (await recoverJobs(this.parts, 1))[0] ?? null;
    const claim = await claimJob(this.parts);
    return claim?.kind === "claimed" ? claim.held : null;
  }

  private async befall(fault: Fault, disk: FullDisk): Promise<void> {
    switch (fault) {
      case "kill":
        this.line.cut();
        this.stop.abort(new RunStopped("lease_lost"));
        this.gone.resolve();
        return new Promise(() => undefined);
      case "throw":
        throw new Error("a fault of the runner's own");
      case "hang":
        setTimeout(this.gone.resolve, STALLED_AFTER_MS * 2);
        return new Promise(() => undefined);
      case "disk full":
        await disk.fill();
        setTimeout(() => void disk.empty(), TROUBLE_MS);
        return;
      case "commit lost":
        this.line.loseNextCommit();
        return;
      case "database gone":
        this.line.cut();
        setTimeout(() => this.line.mend(), TROUBLE_MS);
    }
  }
}
