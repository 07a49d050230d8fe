import * as z from "zod";
import { daySchema, newItemSchema } from "#server/domain/item/schema.ts";
import { beginRegister, newPathOf } from "../register/begin.ts";
import { verb } from "../verb.ts";
import { enterItem, lockItems } from "./enter-item.ts";
import { requireOwner } from "./owner.ts";

const createItemSchema = z.strictObject({
  /** The register of open items; null for the first one, which is begun where there is none. */
  documentId: z.uuid().nullable(),
  item: newItemSchema,
  ownerId: z.uuid().nullable(),
  dueOn: daySchema.nullable(),
});

/**
 * Enters an open item under the next free number of its kind. Its words have to come back from the document as they were
 * given; it stands behind the last of its section.
 */
export const createItem = verb({
  action: "item.create",
  input: createItemSchema,
  load: (tx, { documentId, item: { kind } }) => lockItems(tx, { documentId, kind }),
  object: (row) => ({ kind: "document", id: row?.id ?? newPathOf("handoff") }),
  run: async (tx, { person, input, row, at }) => {
    const { item: given, ownerId, dueOn } = input;
    await requireOwner(tx, ownerId ?? undefined, "ownerId");
    const document = row ?? (await beginRegister(tx, "handoff", { personId: person.personId, at }));
    const { itemId, code } = await enterItem(tx, given, { document, ownerId, dueOn, person, at });
    return {
      output: { itemId, code },
      object: { kind: "item", id: itemId },
      audit: { code, documentId: document.id, kind: given.kind, ownerId, dueOn },
    };
  },
});
