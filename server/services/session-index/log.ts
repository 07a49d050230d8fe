import { randomUUID } from "node:crypto";
import { and, asc, eq, isNull, max } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, registerDocument } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { recordTitle, recordWords } from "#server/domain/register/record-text.ts";
import type { RecordContent } from "#server/domain/register/record.ts";
import { logSessionSchema } from "#server/domain/register/session-index/schema.ts";
import { insertItems, placeBehind } from "../register/insert-items.ts";
import { lockPath } from "../register/document.ts";
import { verb } from "../verb.ts";

/** Where the index stands that the console begins itself. */
const INDEX_PATH = "logs/as-executed-index.md";

/** Enters a run-session into the index. The log itself stays where it is; only its label, day and scope are public. */
export const logSession = verb({
  action: "register.log_session",
  input: logSessionSchema,
  load: async (tx) => {
    await lockPath(tx, INDEX_PATH);
    const [row] = await tx
      .select()
      .from(registerDocument)
      .where(eq(registerDocument.kind, "session_index"))
      .orderBy(asc(registerDocument.createdAt))
      .limit(1);
    return row ?? null;
  },
  object: (row) => ({ kind: "document", id: row?.id ?? INDEX_PATH }),
  run: async (tx, { person, input, row, at }) => {
    const documentId = row?.id ?? randomUUID();
    if (row === null) {
      const of = { id: documentId, path: INDEX_PATH, kind: "session_index" } as const;
      await tx.insert(registerDocument).values({ ...of, createdBy: person.personId, createdAt: at });
    }
    const key = `${input.date} ${input.label}`;
    await refuseKnown(tx, { documentId, key });
    const content: RecordContent = { kind: "session", session: input };
    const [itemId] = await insertItems(
      tx,
      [
        {
          key,
          code: input.label,
          kind: "session",
          position: await nextPosition(tx, documentId),
          section: null,
          title: recordTitle(content),
          words: recordWords(content),
          content,
          refs: [],
          state: "recorded",
          isChange: false,
          trigger: null,
          ownerName: input.operator,
          differsFrom: null,
          dueOn: null,
          links: [],
          lines: { first: 1, last: 1 },
        },
      ],
      { documentId, act: "created", personId: person.personId, at },
    );
    return {
      output: { itemId },
      object: { kind: "item", id: itemId ?? "" },
      audit: { ...input },
    };
  },
});

async function refuseKnown(tx: Tx, { documentId, key }: { documentId: string; key: string }): Promise<void> {
  const [known] = await tx
    .select({ id: item.id })
    .from(item)
    .where(and(eq(item.documentId, documentId), eq(item.documentKey, key), isNull(item.removedAt)));
  if (!known) return;
  throw new DomainError("conflict", `${key} stands in the index already. Nothing was entered.`, {
    reason: "exists",
    field: "label",
  });
}

/** Behind everything that the index has. */
async function nextPosition(tx: Tx, documentId: string): Promise<number> {
  const [row] = await tx
    .select({ last: max(item.position) })
    .from(item)
    .where(eq(item.documentId, documentId));
  return placeBehind(row?.last ?? 0);
}
