import type { z } from "zod";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { editItemSchema } from "#server/domain/item/schema.ts";
import type { RecordContent } from "#server/domain/register/record.ts";
import { withFields } from "#server/domain/register/editable.ts";
import { readsBack } from "#server/domain/register/record-form.ts";
import { verb } from "../verb.ts";
import { changeItem, type ItemRow, lockItem, requireSeen } from "./change-item.ts";
import { requireOwner } from "./owner.ts";

type Set = z.output<typeof editItemSchema>["set"];

/** Changes what an item says, who owns it and until when, on the revision that was seen. */
export const editItem = verb({
  action: "item.edit",
  input: editItemSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: (row) => ({ kind: "item", id: row.id }),
  run: async (tx, { person, input, row, at }) => {
    const { revision, reason, set } = input;
    await requireSeen(tx, row, revision);
    await requireOwner(tx, set.ownerId, "set.ownerId");
    await requireOwner(tx, set.mustDifferFrom, "set.mustDifferFrom");
    const content = editedContent(row, set.fields);
    const { ownerId, dueOn, isChange, mustDifferFrom } = set;
    const changed = await changeItem(tx, row, {
      act: "edited",
      seen: revision,
      personId: person.personId,
      reason,
      at,
      set: {
        ...(content === null ? {} : { content }),
        ...(ownerId === undefined ? {} : { ownerId }),
        ...(dueOn === undefined ? {} : { dueOn }),
        ...(isChange === undefined ? {} : { isChange }),
        ...(mustDifferFrom === undefined ? {} : { mustDifferFrom }),
      },
    });
    return {
      output: { itemId: row.id, revision: changed.revision },
      audit: {
        code: row.code,
        revision: changed.revision,
        fields: Object.keys(set.fields ?? {}),
        ...ownerAndDue(set),
      },
    };
  },
});

function ownerAndDue({ ownerId, dueOn }: Set): { ownerId?: string | null; dueOn?: string | null } {
  return { ...(ownerId === undefined ? {} : { ownerId }), ...(dueOn === undefined ? {} : { dueOn }) };
}

/** The content with other texts, or null where none was given. What its document could not give back is refused. */
function editedContent(row: ItemRow, fields: Set["fields"]): RecordContent | null {
  if (fields === undefined || Object.keys(fields).length === 0) return null;
  const edited = withFields(row.content, new Map(Object.entries(fields)));
  if ("refusal" in edited) {
    const { key, says } = edited.refusal;
    throw new DomainError("invalid", `${says} Nothing was changed.`, {
      reason: "not_editable",
      field: `set.fields.${key}`,
    });
  }
  // A record that came in a form of its own keeps it; only an edit may not make one worse.
  if (readsBack(row.content) && !readsBack(edited.content)) {
    const [first = ""] = Object.keys(fields);
    throw new DomainError(
      "invalid",
      "In its document this text would read as something else: as another label, another item or the end of a table. Nothing was changed; put it in other words.",
      { reason: "not_in_form", field: `set.fields.${first}` },
    );
  }
  return edited.content;
}
