import { randomUUID } from "node:crypto";
import { and, eq, inArray } from "drizzle-orm";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { handover } from "#db/schema/secret.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { handoverObstacle } from "#server/domain/tenant/handover.ts";
import { stageProgress } from "#server/domain/tenant/progress.ts";
import { readRunbook } from "../runbook/published.ts";
import { getTenant } from "../tenant/rows.ts";
import { listStageJobs } from "../tenant/stage-jobs.ts";
import { verb } from "../verb.ts";

/**
 * Asks the runner for the one-time reveal; an earlier question that nobody opened is closed. `publicKey` is the raw P-256 point of the asking browser, base64url: the set
 * is boxed to it, so no other process can read what is carried.
 */
export const requestHandover = verb({
  action: "handover.reveal",
  input: z.strictObject({
    tenantId: z.uuid(),
    publicKey: z.string().regex(/^[A-Za-z0-9_-]{87}$/, "The public key is not an uncompressed P-256 point."),
  }),
  load: async (tx, { tenantId }) => {
    await tx.select({ id: tenant.id }).from(tenant).where(eq(tenant.id, tenantId)).for("update");
    return getTenant(tx, tenantId);
  },
  object: ({ tenant: row }) => ({ kind: "tenant", id: row.id }),
  run: async (tx, { person, input, row, at }) => {
    const keys = readRunbook(row.version).stages.map(({ key }) => key);
    const progress = stageProgress(keys, await listStageJobs(tx, { tenantId: row.tenant.id }));
    const obstacle = handoverObstacle({
      isHandedOver: row.tenant.handedOverAt !== null,
      areAllPassed: [...progress.values()].every(({ isPassed }) => isPassed),
    });
    if (obstacle !== null) throw new DomainError("conflict", obstacle, { reason: "not_open" });
    const given = { tenantId: row.tenant.id, by: person.name };
    const replaced = await replaceUnopened(tx, given);
    const id = randomUUID();
    await tx.insert(handover).values({
      id,
      tenantId: row.tenant.id,
      requestedBy: person.personId,
      publicKey: input.publicKey,
      state: "requested",
      createdAt: at,
    });
    return { output: { handoverId: id }, audit: { handoverId: id, replaced } };
  },
});

/** A page that was lost before it opened its box costs nothing: the next question takes its place. */
async function replaceUnopened(tx: Tx, given: { tenantId: string; by: string }): Promise<string[]> {
  const rows = await tx
    .update(handover)
    .set({
      state: "failed",
      box: null,
      says: `${given.by} asked for the hand-over anew, so this one is closed. Nothing was revealed here.`,
    })
    .where(and(eq(handover.tenantId, given.tenantId), inArray(handover.state, ["requested", "ready"])))
    .returning({ id: handover.id });
  return rows.map(({ id }) => id);
}
