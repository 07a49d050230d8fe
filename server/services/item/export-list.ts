import { eq, inArray } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { registerDocument } from "#db/schema/register.ts";
import { itemListSchema, type ItemCursor } from "#server/domain/item/schema.ts";
import { csvLines, markdownHead, markdownLines } from "#server/domain/register/list-text.ts";
import { type Ctx, verb } from "../verb.ts";
import { dayOf } from "./filtered.ts";
import { listItems } from "./list.ts";

const exportSchema = itemListSchema.extend({ format: z.enum(["csv", "markdown"]) });
export type ListExport = z.output<typeof exportSchema>;

/** Writes down that somebody takes a list out of the console. */
export const exportItems = verb({
  action: "register.export",
  input: exportSchema,
  load: () => Promise.resolve(null),
  object: () => ({ kind: "items", id: "list" }),
  run: (_tx, { input }) => {
    const { filter, format } = input;
    return Promise.resolve({ output: input, audit: { format, filter: { ...filter } } });
  },
});

const HEAD = ["Code", "Kind", "Title", "State", "Owner", "Due", "Opened", "Closed", "Waits for", "Document"];

/** The list as text, page by page: CSV begins with a byte order mark, by which spreadsheets know UTF-8. */
export async function* writeItems(ctx: Ctx, { format, ...list }: ListExport): AsyncGenerator<string> {
  yield format === "csv" ? `\uFEFF${csvLines([HEAD])}` : markdownHead(HEAD);
  const names = new Map<string, string>();
  let after: ItemCursor | null = null;
  do {
    const page: Awaited<ReturnType<typeof listItems>> = await listItems(ctx, { ...list, after });
    await learnNames(ctx.db, page.rows, names);
    const rows = page.rows.map((row) => [
      row.code,
      row.kind,
      row.title,
      row.state,
      names.get(row.ownerId ?? "") ?? "",
      row.dueOn ?? "",
      dayOf(row.createdAt),
      row.closedAt === null ? "" : dayOf(row.closedAt),
      row.waitsFor.join(" "),
      names.get(row.documentId) ?? "",
    ]);
    yield format === "csv" ? csvLines(rows) : markdownLines(rows);
    after = page.next;
  } while (after !== null);
}

async function learnNames(
  db: Db,
  rows: readonly { ownerId: string | null; documentId: string }[],
  names: Map<string, string>,
): Promise<void> {
  const owners = rows.flatMap(({ ownerId }) => (ownerId === null || names.has(ownerId) ? [] : [ownerId]));
  const documents = rows.map(({ documentId }) => documentId).filter((id) => !names.has(id));
  const people = owners.length === 0 ? [] : await db.select().from(person).where(inArray(person.id, owners));
  for (const { id, name } of people) names.set(id, name);
  for (const id of new Set(documents)) {
    const [found] = await db
      .select({ path: registerDocument.path })
      .from(registerDocument)
      .where(eq(registerDocument.id, id));
    names.set(id, found?.path ?? "");
  }
}
