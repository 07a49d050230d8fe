import { and, eq, isNull } from "drizzle-orm";
import { checkRun } from "#db/schema/check.ts";
import { runIdSchema } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";
import { lockRun, runObject } from "./run-rows.ts";

/** Ends a run: one that no runner has taken at once, another as soon as its runner sees it. */
export const cancelRun = verb({
  action: "check.cancel",
  input: runIdSchema,
  load: (tx, { runId }) => lockRun(tx, runId),
  object: runObject,
  run: async (tx, { person, row, at }) => {
    if (row.state === "finished") {
      throw new DomainError("conflict", "This run is over. Nothing was changed.", { reason: "not_running" });
    }
    const asked = { cancelRequestedBy: person.personId, cancelRequestedAt: at };
    if (row.state === "requested") {
      const says = `Cancelled by ${person.name} before it ran. Nothing was started.`;
      await tx
        .update(checkRun)
        .set({ ...asked, state: "finished", finishedAt: at, ending: "cancelled", says })
        .where(eq(checkRun.id, row.id));
    } else {
      await tx
        .update(checkRun)
        .set(asked)
        .where(and(eq(checkRun.id, row.id), isNull(checkRun.cancelRequestedAt)));
    }
    return { output: { isOver: row.state === "requested" }, audit: { runId: row.id, was: row.state } };
  },
});
