import { randomUUID } from "node:crypto";
import { eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { auditHead, restoreEpoch } from "#db/schema/audit.ts";
import { job, lease } from "#db/schema/job.ts";
import { session } from "#db/schema/person.ts";
import type { SignedHead } from "#server/domain/audit/head.ts";
import { canMove, OPEN_JOB_STATES } from "#server/domain/job/states.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { moveJob } from "#server/services/job/move.ts";
import { LogError, type LogParts } from "./heads.ts";
import { continues } from "./log-check.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";

/** Hex digits of a root that name a head in a setting. */
const NAME_DIGITS = 16;

/**
 * Holds the newest head that was kept outside against the database. An older backup, or a log whose end was cut, is
 * refused with LogError, unless `accepted` names exactly that head: then an epoch begins, in which nothing that was
 * open in the backup still counts. Answers whether one began.
 */
export async function checkRestored(
  parts: LogParts,
  kept: SignedHead,
  accepted: string | null,
): Promise<boolean> {
  if (await continues(parts.db, kept)) return false;
  const name = kept.root.slice(0, NAME_DIGITS);
  const [now] = await parts.db.select({ seq: auditHead.seq }).from(auditHead);
  if (accepted !== name) {
    throw new LogError(
      `The database holds ${now?.seq ?? 0} audit entries that are not a continuation of the ${kept.size} that this ` +
        `installation signed at ${kept.at}: an older backup was restored, or entries were cut off. Nothing was started. ` +
        "Restore the newer database; or, to go on from this one, start once with " +
        `COUNTERSIGN_ACCEPT_RESTORE=${name}: every open request and approval then ends, every job that was running ` +
        "has an unknown outcome, and everybody is signed out.",
    );
  }
  await parts.db.transaction((tx) => beginEpoch(tx, parts, kept));
  return true;
}

async function beginEpoch(tx: Tx, { now }: LogParts, kept: SignedHead): Promise<void> {
  const at = now();
  const [head] = await tx
    .select({ seq: auditHead.seq })
    .from(auditHead)
    .where(eq(auditHead.id, 1))
    .for("update");
  const restoredSize = head?.seq ?? 0;
  await tx
    .insert(restoreEpoch)
    .values({ id: randomUUID(), at, keptSize: kept.size, keptRoot: kept.root, restoredSize });
  const ended = await endOpenJobs(tx, at);
  await tx.update(session).set({ endedAt: at, endedReason: "restored" }).where(isNull(session.endedAt));
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "log.restored",
    outcome: "done",
    objectKind: "log",
    objectId: "audit",
    details: { keptSize: kept.size, keptRoot: kept.root, keptAt: kept.at, restoredSize, ended },
  });
}

/** Whatever was approved may have been spent since the backup, and what ran may have ended: nobody here can know. */
async function endOpenJobs(tx: Tx, at: Date): Promise<{ number: number; was: string; is: string }[]> {
  const open = await tx
    .select({ id: job.id, number: job.number, state: job.state })
    .from(job)
    .where(inArray(job.state, [...OPEN_JOB_STATES]))
    .orderBy(job.number)
    .for("update");
  const ended: { number: number; was: string; is: string }[] = [];
  for (const { id, number, state } of open) {
    const to = canMove(state, "expired") ? "expired" : "outcome_unknown";
    await moveJob(tx, { jobId: id, from: state, to, at }, { finishedAt: at, ...WORDS[to] });
    ended.push({ number, was: state, is: to });
  }
  await tx.delete(lease);
  return ended;
}

const WORDS = {
  expired: {
    outcomeSays:
      "An older backup was restored: what was asked and approved before may have run already. Nothing was sent from here.",
    outcomeAdvice: "Preview the stage again: it shows what the cloud holds now.",
  },
  outcome_unknown: {
    outcomeSays:
      "An older backup was restored while this job was running in it. What it did since is not on record.",
    outcomeAdvice: "Look at the cloud, then settle the outcome with a second person.",
  },
} as const;
