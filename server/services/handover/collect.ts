import { eq } from "drizzle-orm";
import * as z from "zod";
import { handover } from "#db/schema/secret.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";

/**
 * Takes the box, once, as the person who asked for it, and clears it in the same transaction. `conflict` while the
 * runner is still at it: ask when the hand-over is announced as ready.
 */
export const collectHandover = verb({
  action: "handover.reveal",
  input: z.strictObject({ handoverId: z.uuid() }),
  load: async (tx, { handoverId }) => {
    const [row] = await tx.select().from(handover).where(eq(handover.id, handoverId)).for("update");
    if (!row) throw new DomainError("not_found", "There is no such hand-over.", { reason: "not_found" });
    return row;
  },
  object: (row) => ({ kind: "tenant", id: row.tenantId }),
  run: async (tx, { person, row, at }) => {
    if (row.requestedBy !== person.personId) {
      throw new DomainError("forbidden", "Only the person who asked for the hand-over can open it.", {
        reason: "not_the_requester",
      });
    }
    if (row.state === "failed") {
      throw new DomainError("conflict", row.says ?? "The hand-over failed. Nothing was revealed.", {
        reason: "failed",
      });
    }
    if (row.state !== "ready" || row.box === null) {
      throw new DomainError("conflict", "This hand-over is not ready, or was revealed already.", {
        reason: "not_ready",
      });
    }
    await tx
      .update(handover)
      .set({ state: "revealed", box: null, revealedAt: at })
      .where(eq(handover.id, row.id));
    return { output: { box: row.box }, audit: { handoverId: row.id, revealed: true } };
  },
});
