import { and, asc, desc, eq, inArray, isNull, lt } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { item, itemEvent, itemLink, registerDocument } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { itemIdSchema } from "#server/domain/item/schema.ts";
import { addableFields, recordFields } from "#server/domain/register/editable.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { readChanges } from "./read-changes.ts";

const HISTORY_PAGE = 50;
const LINKS_MAX = 500;
/** Codes of one page of text at most. */
const CODES_MAX = 200;

const owner = alias(person, "owner");
const other = alias(item, "other");

/** One item with everything that it says, what it hangs together with, and what I may do with it. */
export const readItem = query({
  action: "register.read",
  input: itemIdSchema,
  run: async (ctx, { itemId }) => {
    const [row] = await ctx.db
      .select({ item, path: registerDocument.path, ownerName: owner.name })
      .from(item)
      .innerJoin(registerDocument, eq(registerDocument.id, item.documentId))
      .leftJoin(owner, eq(owner.id, item.ownerId))
      .where(eq(item.id, itemId));
    if (!row) throw new DomainError("not_found", "There is no such item.", { reason: "not_found" });
    const { search: _search, words: _words, codeOrder: _order, content, ...found } = row.item;
    const [differsFrom, links, backLinks] = await Promise.all([
      nameOf(ctx.db, found.mustDifferFrom),
      listLinks(ctx.db, itemId),
      listBackLinks(ctx.db, itemId),
    ]);
    const gone =
      found.removedAt === null ? null : `${found.code} was taken out of its register and cannot be changed.`;
    return {
      ...found,
      ownerName: row.ownerName,
      differsFromName: differsFrom,
      documentPath: row.path,
      fields: recordFields(content),
      addable: addableFields(content),
      links,
      backLinks,
      may: { edit: may(ctx, "item.edit", { unless: gone }) },
    };
  },
});

async function nameOf(db: Db, personId: string | null): Promise<string | null> {
  if (personId === null) return null;
  const [row] = await db.select({ name: person.name }).from(person).where(eq(person.id, personId));
  return row?.name ?? null;
}

/** What this item names, with where that stands now; null where no register has it. */
function listLinks(db: Db, itemId: string) {
  return db
    .select({
      id: itemLink.id,
      kind: itemLink.kind,
      code: itemLink.toCode,
      because: itemLink.because,
      state: itemLink.state,
      itemId: other.id,
      title: other.title,
      itemState: other.state,
      closedAt: other.closedAt,
    })
    .from(itemLink)
    .leftJoin(other, and(eq(other.id, itemLink.toItemId), isNull(other.removedAt)))
    .where(and(eq(itemLink.itemId, itemId), inArray(itemLink.state, ["proposed", "confirmed"])))
    .orderBy(asc(itemLink.kind), asc(itemLink.toCode))
    .limit(LINKS_MAX);
}

/** Items that name this one. */
function listBackLinks(db: Db, itemId: string) {
  return db
    .select({
      id: itemLink.id,
      kind: itemLink.kind,
      code: other.code,
      because: itemLink.because,
      state: itemLink.state,
      itemId: other.id,
      title: other.title,
      itemState: other.state,
      closedAt: other.closedAt,
    })
    .from(itemLink)
    .innerJoin(other, eq(other.id, itemLink.itemId))
    .where(
      and(
        eq(itemLink.toItemId, itemId),
        inArray(itemLink.state, ["proposed", "confirmed"]),
        isNull(other.removedAt),
      ),
    )
    .orderBy(asc(itemLink.kind), asc(other.codeOrder))
    .limit(LINKS_MAX);
}

/** What happened to an item, newest first, in pages by revision. */
export const readItemHistory = query({
  action: "register.read",
  input: itemIdSchema.extend({ before: z.int().min(1).nullable() }),
  run: async (ctx, { itemId, before }) => {
    const rows = await ctx.db
      .select({
        revision: itemEvent.revision,
        act: itemEvent.act,
        changes: itemEvent.changes,
        reason: itemEvent.reason,
        personName: person.name,
        at: itemEvent.at,
      })
      .from(itemEvent)
      .leftJoin(person, eq(person.id, itemEvent.personId))
      .where(and(eq(itemEvent.itemId, itemId), before === null ? undefined : lt(itemEvent.revision, before)))
      .orderBy(desc(itemEvent.revision))
      .limit(HISTORY_PAGE + 1);
    const people = await ctx.db.select({ id: person.id, name: person.name }).from(person).limit(1000);
    const names = new Map(people.map(({ id, name }) => [id, name]));
    const page = rows.slice(0, HISTORY_PAGE);
    return {
      events: page.map((event) => ({ ...event, changes: readChanges(event.changes, names) })),
      nextBefore: rows.length > HISTORY_PAGE ? (page.at(-1)?.revision ?? null) : null,
    };
  },
});

/** What these codes name, for the links that stand wherever a number stands. */
export const resolveCodes = query({
  action: "register.read",
  input: z.strictObject({ codes: z.array(z.string().max(80)).max(CODES_MAX) }),
  run: async (ctx, { codes }) => {
    if (codes.length === 0) return { items: [] };
    const items = await ctx.db
      .select({
        id: item.id,
        code: item.code,
        kind: item.kind,
        title: item.title,
        state: item.state,
        closedAt: item.closedAt,
        path: registerDocument.path,
      })
      .from(item)
      .innerJoin(registerDocument, eq(registerDocument.id, item.documentId))
      .where(and(inArray(item.code, codes), isNull(item.removedAt)))
      .orderBy(asc(item.code), asc(item.createdAt))
      .limit(1000);
    return { items };
  },
});
