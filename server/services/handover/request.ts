import { randomUUID } from "node:crypto";
import { and, eq, ne } from "drizzle-orm";
import * as z from "zod";
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
 * Asks the runner for the one-time reveal. `publicKey` is the raw P-256 point of the asking browser, base64url: the set
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
    const [live] = await tx
      .select({ id: handover.id })
      .from(handover)
      .where(and(eq(handover.tenantId, row.tenant.id), ne(handover.state, "failed")));
    const obstacle = handoverObstacle({
      isHandedOver: row.tenant.handedOverAt !== null || live !== undefined,
      areAllPassed: [...progress.values()].every(({ isPassed }) => isPassed),
    });
    if (obstacle !== null) throw new DomainError("conflict", obstacle, { reason: "not_open" });
    const id = randomUUID();
    await tx.insert(handover).values({
      id,
      tenantId: row.tenant.id,
      requestedBy: person.personId,
      publicKey: input.publicKey,
      state: "requested",
      createdAt: at,
    });
    return { output: { handoverId: id }, audit: { handoverId: id } };
  },
});
