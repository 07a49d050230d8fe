import { randomUUID } from "node:crypto";
import * as z from "zod";
import { changeFreeze } from "#db/schema/proposal.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { reasonSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { findFreeze, takeFreezeLock } from "./rows.ts";

/** Stops every change from starting, at once and by one person: stopping is never the dangerous half. */
export const setFreeze = verb({
  action: "freeze.set",
  input: z.strictObject({ reason: reasonSchema }),
  load: (tx) => findFreeze(tx),
  object: () => ({ kind: "freeze", id: "all" }),
  run: async (tx, { person, input, row, at }) => {
    if (row !== null) {
      throw new DomainError("conflict", `Changes are frozen already, by ${row.setBy}.`, { reason: "frozen" });
    }
    await takeFreezeLock(tx);
    const id = randomUUID();
    await tx.insert(changeFreeze).values({ id, setBy: person.personId, reason: input.reason, at });
    return { output: { freezeId: id }, object: { kind: "freeze", id }, audit: { reason: input.reason } };
  },
});
