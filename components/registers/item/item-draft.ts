import type { ItemView } from "#components/registers/board/board-data.ts";
import type { Texts } from "./merge.ts";

export const OWNER = "ownerId";
export const DUE = "dueOn";

/** What an item says, as the texts that an edit is about. */
export function textsOf(item: ItemView): Map<string, string | null> {
  return new Map<string, string | null>([
    ...item.fields.filter(({ canEdit }) => canEdit).map(({ key, text }) => [key, text] as const),
    [OWNER, item.ownerId],
    [DUE, item.dueOn],
  ]);
}

/** What the server is asked to set: the fields of the draft that differ from the item. */
export function setOf(base: Texts, draft: Texts) {
  const changed = [...draft].filter(([key, text]) => text !== (base.get(key) ?? null));
  const fields = changed.filter(([key]) => key !== OWNER && key !== DUE);
  const of = (name: string) => changed.find(([key]) => key === name);
  const [owner, due] = [of(OWNER), of(DUE)];
  return {
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
    ...(owner === undefined ? {} : { ownerId: owner[1] }),
    ...(due === undefined ? {} : { dueOn: due[1] }),
  };
}
