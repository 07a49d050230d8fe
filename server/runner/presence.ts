import { and, eq, isNull, ne, sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { runner } from "#db/schema/runner.ts";
import { log } from "#server/log.ts";
import { describeError } from "./database-error.ts";
import { HEARTBEAT_EVERY_MS } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";

// Runners judge each other's heartbeats by the one clock they share.
const DATABASE_NOW = sql`now()`;

/** Where a runner lives. */
export interface Place {
  host: string;
  pid: number;
  /** Whether a process of this host still runs. */
  isAlive: (pid: number) => boolean;
}

/** Enters this runner, and marks those of this host whose process is gone: their lanes are free at once. */
export async function enterRunner(parts: RunnerParts, place: Place): Promise<void> {
  const at = parts.now();
  const { host, pid } = place;
  const left = await parts.db
    .select({ id: runner.id, pid: runner.pid })
    .from(runner)
    .where(and(eq(runner.host, host), isNull(runner.stoppedAt), ne(runner.id, parts.runnerId)));
  for (const one of left) {
    // A process id that is ours now belonged to one that is gone.
    if (one.pid === pid || !place.isAlive(one.pid)) await markStopped(parts.db, one.id, at);
  }
  await parts.db
    .insert(runner)
    .values({ id: parts.runnerId, host, pid, startedAt: at, heartbeatAt: DATABASE_NOW });
}

export async function leaveRunner(parts: RunnerParts): Promise<void> {
  await markStopped(parts.db, parts.runnerId, parts.now());
}

/** Beats until the signal is aborted. A beat that cannot be written is tried again with the next. */
export async function beatHeart(parts: RunnerParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await parts.db.update(runner).set({ heartbeatAt: DATABASE_NOW }).where(eq(runner.id, parts.runnerId));
    } catch (error) {
      log.warn({ problem: describeError(error) }, "the heartbeat could not be written");
    }
    await parts.wait(HEARTBEAT_EVERY_MS, signal).catch(() => undefined); // aborted: the loop's condition sees it
  }
}

async function markStopped(db: Db, id: string, at: Date): Promise<void> {
  await db
    .update(runner)
    .set({ stoppedAt: at })
    .where(and(eq(runner.id, id), isNull(runner.stoppedAt)));
}
