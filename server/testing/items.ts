import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { item, itemEvent, registerDocument } from "#db/schema/register.ts";
import {
  firstState,
  type RecordContent,
  type RecordKind,
  type RecordState,
} from "#server/domain/register/record.ts";
import { isOpenState, recordRefs, recordTitle, recordWords } from "#server/domain/register/record-text.ts";

export type StoredItem = typeof item.$inferSelect;

/** Somebody who made it, and when. */
interface By {
  personId: string;
  at: Date;
}

/** A document without a text, for items that no document is needed for. */
export async function addDocument(db: Db, path: string, by: By): Promise<string> {
  const id = randomUUID();
  const kind = "handoff" as const;
  await db.insert(registerDocument).values({ id, path, kind, createdBy: by.personId, createdAt: by.at });
  return id;
}

const TEXT = "The broker keeps its own copy.\nIt is read again at each start.";

/** What an open item says: a body, a FIX and two ACCEPT points. */
export function openItem(code: string, kind: "H" | "V" | "R" | "D" | "C", title: string): RecordContent {
  const refsText = "D-064";
  return {
    kind: "item",
    item: {
      id: code,
      kind,
      refsText,
      title,
      trigger: null,
      parts: [
        { kind: "text", label: null, text: TEXT },
        { kind: "text", label: "FIX", text: "Write it down once." },
        { kind: "text", label: "ACCEPT", text: "it is written; somebody has read it" },
      ],
    },
  };
}

/** An item as an import leaves it: its first revision with its event. */
export async function addItem(
  db: Db,
  of: By & {
    documentId: string;
    code: string;
    kind: RecordKind;
    content: RecordContent;
    state?: RecordState;
    /** When it was closed; the time of the import without. */
    closedAt?: Date;
    ownerId?: string | null;
    dueOn?: string | null;
    position?: number;
  },
): Promise<StoredItem> {
  const { documentId, code, kind, content, personId, at } = of;
  const state = of.state ?? firstState(kind);
  const id = randomUUID();
  await db.insert(item).values({
    id,
    code,
    kind,
    documentId,
    documentKey: code,
    position: of.position ?? 1,
    title: recordTitle(content),
    words: recordWords(content),
    content,
    refs: recordRefs(content),
    state,
    ownerId: of.ownerId ?? null,
    dueOn: of.dueOn ?? null,
    createdBy: personId,
    createdAt: at,
    changedAt: at,
    closedAt: isOpenState(state) ? null : (of.closedAt ?? at),
  });
  await db.insert(itemEvent).values({ itemId: id, revision: 1, act: "imported", changes: {}, personId, at });
  return getItem(db, id);
}

/** The item as it is now. */
export async function getItem(db: Db, itemId: string): Promise<StoredItem> {
  const [row] = await db.select().from(item).where(eq(item.id, itemId));
  if (!row) throw new Error("The test expected an item.");
  return row;
}
