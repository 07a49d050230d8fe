import { and, eq, inArray, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { checkRun } from "#db/schema/check.ts";
import { ATTESTERS_NEEDED, RUN_WAITS_MS } from "#server/domain/check/run.ts";
import { lostRight } from "#server/domain/policy/right-now.ts";
import type { HostContent } from "#server/domain/host/host.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { listAttesters } from "#server/services/attestation/rows.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { lockCheck } from "#server/services/check/subject.ts";
import type { CheckRunRow } from "#server/services/check/run-rows.ts";
import { listPeopleNow } from "#server/services/person/people-now.ts";
import { DEAD_AFTER_MS } from "../limits.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import { inTransaction } from "../transaction.ts";
import type { CheckParts } from "./check-parts.ts";

export type CheckClaim = { kind: "claimed"; run: CheckRunRow; host: HostContent } | { kind: "refused" };

/**
 * Takes the check that has waited longest, and looks in the same transaction whether it may still run: everything that
 * was so when it was asked for has to be so now. A freeze does not stop it: it only reads. Null when none waits.
 */
export async function claimCheck(parts: CheckParts): Promise<CheckClaim | null> {
  return inTransaction(parts.db, async (tx) => {
    const [run] = await tx
      .select()
      .from(checkRun)
      .where(eq(checkRun.state, "requested"))
      .orderBy(checkRun.requestedAt)
      .limit(1)
      .for("update", { skipLocked: true });
    if (!run) return null;
    const allowed = await decideNow(tx, run, parts.now());
    if ("says" in allowed) {
      await finishRefused(tx, { run, says: allowed.says, at: parts.now() });
      return { kind: "refused" };
    }
    const [claimed] = await tx
      .update(checkRun)
      .set({ state: "running", claimedBy: parts.runnerId, startedAt: parts.now() })
      .where(and(eq(checkRun.id, run.id), eq(checkRun.state, "requested")))
      .returning();
    return claimed ? { kind: "claimed", run: claimed, host: allowed.host } : { kind: "refused" };
  });
}

async function decideNow(
  tx: Tx,
  run: CheckRunRow,
  at: Date,
): Promise<{ host: HostContent } | { says: string }> {
  if (at.getTime() - run.requestedAt.getTime() > RUN_WAITS_MS) {
    return { says: "No runner took it in time." };
  }
  const requester = (await listPeopleNow(tx, [run.requestedBy])).get(run.requestedBy);
  const lost = requester === undefined ? "is gone" : lostRight(requester, "check.run");
  if (lost !== null) return { says: `${requester?.name ?? "Whoever asked"} ${lost} run checks.` };
  const subject = await lockCheck(tx, run.itemId).catch((error: unknown) => {
    if (error instanceof DomainError) return null;
    throw error;
  });
  if (subject === null) return { says: "The item is not in its register any more." };
  if (subject.obstacle !== null) return { says: subject.obstacle.says };
  if (subject.host === null || subject.digest !== run.digest || subject.block?.script !== run.script) {
    return { says: "The block, its host or its parameters changed since it was asked for." };
  }
  const attesters = await listAttesters(tx, run.digest);
  if (attesters.length < ATTESTERS_NEEDED) {
    return { says: "Two people attested it when it was asked for; they no longer do." };
  }
  return { host: subject.host.content };
}

async function finishRefused(tx: Tx, of: { run: CheckRunRow; says: string; at: Date }): Promise<void> {
  const { run, at } = of;
  const says = `${of.says} Nothing was started.`;
  await tx
    .update(checkRun)
    .set({ state: "finished", finishedAt: at, ending: "refused", says })
    .where(eq(checkRun.id, run.id));
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "check.finished",
    outcome: "denied",
    objectKind: "item",
    objectId: run.itemId,
    details: { runId: run.id, ending: "refused", says },
  });
}

/** Runs whose runner is gone have shown nothing; they are over, and may be asked for again. */
export async function endAbandonedChecks(db: Db, at: Date): Promise<void> {
  await db
    .update(checkRun)
    .set({
      state: "finished",
      finishedAt: at,
      ending: "lost",
      says: "The runner stopped while it ran, so there is no result. Run it again.",
    })
    .where(
      and(
        eq(checkRun.state, "running"),
        sql`not exists (select 1 from runner r where r.id = ${checkRun.claimedBy} and r.stopped_at is null
          and r.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_MS / 1000}))`,
      ),
    );
}

/** Runs that somebody asked to end, among those under way here. */
export async function listCancelled(db: Db, runIds: readonly string[]): Promise<string[]> {
  if (runIds.length === 0) return [];
  const rows = await db
    .select({ id: checkRun.id })
    .from(checkRun)
    .where(and(inArray(checkRun.id, [...runIds]), sql`${checkRun.cancelRequestedAt} is not null`));
  return rows.map(({ id }) => id);
}
