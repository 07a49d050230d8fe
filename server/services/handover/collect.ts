import * as z from "zod";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";
import { handoverObject, lockHandover, requireOwnHandover } from "./rows.ts";

/**
 * Gives the box to the person who asked for it, as often as they ask until they confirm that it opened: an answer that
 * is lost on the way costs nothing. `conflict` while the runner is still at it.
 */
export const collectHandover = verb({
  action: "handover.reveal",
  input: z.strictObject({ handoverId: z.uuid() }),
  load: (tx, { handoverId }) => lockHandover(tx, handoverId),
  object: handoverObject,
  run: (_tx, { person, row }) => {
    requireOwnHandover(row, person.personId);
    if (row.state !== "ready" || row.box === null) {
      throw new DomainError("conflict", "This hand-over is not ready, or was revealed already.", {
        reason: "not_ready",
      });
    }
    return Promise.resolve({ output: { box: row.box }, audit: { handoverId: row.id, delivered: true } });
  },
});
