import * as z from "zod";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { newDecisionSchema } from "#server/domain/item/new-record-schema.ts";
import { daySchema } from "#server/domain/item/schema.ts";
import { newDecisionRecord } from "#server/domain/register/decision/new-decision.ts";
import { lockSeries } from "../number/known.ts";
import { takeNext } from "../number/take.ts";
import { beginRegister, lockRegister, newPathOf } from "../register/begin.ts";
import { requireGivenBack } from "../register/given-back.ts";
import { verb } from "../verb.ts";
import { enterRecord } from "./enter-record.ts";
import { requireOwner } from "./owner.ts";

const SERIES = "D";

const createDecisionSchema = z.strictObject({
  /** The decision log; null for the oldest one, which is begun where there is none. */
  documentId: z.uuid().nullable(),
  decision: newDecisionSchema,
  ownerId: z.uuid().nullable(),
  dueOn: daySchema.nullable(),
});

/**
 * Enters a decision as proposed under the next free number of its series, behind all others of its log. What it says
 * has to come back from the log as it was given; whether it holds is ruled, point by point.
 */
export const createDecision = verb({
  action: "item.create",
  input: createDecisionSchema,
  load: async (tx, { documentId }) => {
    const row = await lockRegister(tx, { kind: "decisions", documentId });
    await lockSeries(tx, SERIES);
    return row;
  },
  object: (row) => ({ kind: "document", id: row?.id ?? newPathOf("decisions") }),
  run: async (tx, { person, input, row, at }) => {
    const { decision, ownerId, dueOn } = input;
    await requireOwner(tx, ownerId, "ownerId");
    const by = { personId: person.personId, at };
    const document = row ?? (await beginRegister(tx, "decisions", by));
    const asked = {
      series: SERIES,
      state: "assigned" as const,
      purpose: decision.title,
      number: null,
      count: 1,
    };
    const [code] = await takeNext(tx, { person, asked, path: document.path, at });
    assert(code, "a number that was taken has a name");
    const record = newDecisionRecord(decision, { id: code, day: at.toISOString().slice(0, 10) });
    if (record === null) {
      throw new DomainError(
        "invalid",
        "A decision in these words could not be read back from its log: a line in it looks like the beginning of another part, of a point or of another decision. Nothing was entered; write it in another way.",
        { reason: "not_writable" },
      );
    }
    const itemId = await enterRecord(tx, record, { documentId: document.id, ownerId, dueOn, ...by });
    await requireGivenBack(tx, document, record.key);
    return {
      output: { itemId, code },
      object: { kind: "item", id: itemId },
      audit: { code, documentId: document.id, kind: "decision", ownerId, dueOn },
    };
  },
});
