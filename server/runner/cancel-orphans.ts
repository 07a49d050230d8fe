import { and, eq, inArray, isNotNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { moveJob } from "#server/services/job/move.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";

const WAITING = ["awaiting_approval", "awaiting_signature", "approved", "queued"] as const;

/**
 * Ends requests whose requester was disabled: nobody is there any more to answer for them, and they could never start.
 * Resolves to their number. An account that is enabled again asks anew.
 */
export async function cancelOrphans(parts: RunnerParts): Promise<number> {
  const isOrphan = and(inArray(job.state, [...WAITING]), isNotNull(person.disabledAt));
  const orphans = await parts.db
    .select({ id: job.id })
    .from(job)
    .innerJoin(person, eq(person.id, job.requestedBy))
    .where(isOrphan)
    .limit(100);
  let count = 0;
  for (const { id } of orphans) {
    await parts.db.transaction(async (tx) => {
      // Both rows: enabling the account comes before this or after it.
      const [row] = await tx
        .select({ id: job.id, number: job.number, state: job.state, name: person.name })
        .from(job)
        .innerJoin(person, eq(person.id, job.requestedBy))
        .where(and(eq(job.id, id), isOrphan))
        .for("update", { of: [job], skipLocked: true });
      if (!row) return;
      await cancelOrphan(tx, row, parts.now());
      count += 1;
    });
  }
  return count;
}

type Orphan = Pick<typeof job.$inferSelect, "id" | "number" | "state"> & { name: string };

async function cancelOrphan(tx: Tx, { id, number, state, name }: Orphan, at: Date): Promise<void> {
  await moveJob(
    tx,
    { jobId: id, from: state, to: "cancelled", at },
    {
      finishedAt: at,
      outcomeSays: `${name} asked for this and can no longer sign in. Nothing was sent.`,
      outcomeAdvice: "Somebody else previews the stage again and asks anew.",
    },
  );
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "job.cancel",
    outcome: "done",
    objectKind: "job",
    objectId: id,
    details: { number, was: state, reason: "requester_gone" },
  });
}
