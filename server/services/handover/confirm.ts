import { and, eq, gt, inArray, isNotNull } from "drizzle-orm";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { handover, secret } from "#db/schema/secret.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";
import { handoverObject, lockHandover, requireOwnHandover } from "./rows.ts";

/**
 * The asking browser opened its box: every sealed value of the tenant is destroyed, and only then is the set shown.
 * The same person may say it again, for an answer that was lost. `conflict` when the set in the box is no longer what
 * the cloud has.
 */
export const confirmHandover = verb({
  action: "handover.reveal",
  input: z.strictObject({ handoverId: z.uuid() }),
  load: (tx, { handoverId }) => lockHandover(tx, handoverId),
  object: handoverObject,
  run: async (tx, { person, row, at }) => {
    requireOwnHandover(row, person.personId);
    if (row.state === "revealed") return { output: {}, audit: { handoverId: row.id, saidAgain: true } };
    if (row.state !== "ready") {
      throw new DomainError("conflict", "This hand-over is not ready. Nothing was destroyed.", {
        reason: "not_ready",
      });
    }
    // Locked first: no job of the tenant starts, and none is under way, while its credentials go.
    await tx.select({ id: tenant.id }).from(tenant).where(eq(tenant.id, row.tenantId)).for("update");
    const obstacle = await findObstacle(tx, row);
    if (obstacle !== null) throw new DomainError("conflict", obstacle, { reason: "not_open" });
    const destroyed = await tx
      .update(secret)
      .set({ sealed: null, destroyedAt: at })
      .where(and(eq(secret.tenantId, row.tenantId), isNotNull(secret.sealed)))
      .returning({ name: secret.name, version: secret.version, fingerprint: secret.fingerprint });
    await tx
      .update(handover)
      .set({ state: "revealed", box: null, revealedAt: at })
      .where(eq(handover.id, row.id));
    await tx.update(tenant).set({ handedOverAt: at }).where(eq(tenant.id, row.tenantId));
    return { output: {}, audit: { handoverId: row.id, revealed: true, destroyed } };
  },
});

/** Why the box may hold an old set: a job works on the tenant, or made a secret since the box was asked for. */
async function findObstacle(tx: Tx, row: typeof handover.$inferSelect): Promise<string | null> {
  const [live] = await tx
    .select({ number: job.number })
    .from(job)
    .where(and(eq(job.tenantId, row.tenantId), inArray(job.state, ["queued", "running"])))
    .limit(1);
  if (live) {
    return `Job ${live.number} of this tenant is under way. Nothing was revealed. Ask again when it has ended.`;
  }
  const [newer] = await tx
    .select({ id: secret.id })
    .from(secret)
    .where(and(eq(secret.tenantId, row.tenantId), gt(secret.createdAt, row.createdAt)))
    .limit(1);
  return newer
    ? "A credential of this tenant was made anew after the box was asked for. Nothing was revealed. Ask again."
    : null;
}
