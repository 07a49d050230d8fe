import { and, asc, eq, inArray, isNull, ne, or } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { LINK_WORDS } from "#server/domain/item-link/words.ts";
import { isSettled } from "#server/domain/register/record-state.ts";

/** Links of one item in each direction, at most. */
const LINKS_MAX = 200;

/** Links of an item both ways, each with the words of its direction; dismissed ones stay out. */
export async function readLinks(db: Db | Tx, of: { id: string; code: string }) {
  const [forth, back] = await Promise.all([
    db
      .select(COLUMNS)
      .from(itemLink)
      .leftJoin(item, eq(item.id, itemLink.toItemId))
      .where(and(eq(itemLink.itemId, of.id), ne(itemLink.state, "dismissed")))
      .orderBy(asc(itemLink.kind), asc(itemLink.toCode))
      .limit(LINKS_MAX),
    db
      .select(COLUMNS)
      .from(itemLink)
      .innerJoin(item, eq(item.id, itemLink.itemId))
      .where(
        and(
          or(eq(itemLink.toItemId, of.id), and(isNull(itemLink.toItemId), eq(itemLink.toCode, of.code))),
          ne(itemLink.state, "dismissed"),
          isNull(item.removedAt),
        ),
      )
      .orderBy(asc(itemLink.kind), asc(item.code))
      .limit(LINKS_MAX),
  ]);
  return {
    forth: forth.map((row) => shown(row, { code: row.toCode, says: LINK_WORDS[row.kind].forth })),
    back: back.map((row) => shown(row, { code: row.code ?? "", says: LINK_WORDS[row.kind].back })),
  };
}

const COLUMNS = {
  linkId: itemLink.id,
  kind: itemLink.kind,
  toCode: itemLink.toCode,
  because: itemLink.because,
  linkState: itemLink.state,
  itemId: item.id,
  code: item.code,
  title: item.title,
  itemKind: item.kind,
  state: item.state,
};

type Row = {
  linkId: string;
  kind: (typeof itemLink.$inferSelect)["kind"];
  because: string;
  linkState: (typeof itemLink.$inferSelect)["state"];
  itemId: string | null;
  title: string | null;
  itemKind: (typeof item.$inferSelect)["kind"] | null;
  state: (typeof item.$inferSelect)["state"] | null;
};

function shown(row: Row, other: { code: string; says: string }) {
  const { linkId, kind, because, linkState, itemId, title, itemKind, state } = row;
  return {
    linkId,
    kind,
    ...other,
    because,
    linkState,
    itemId,
    title,
    state,
    isSettled: itemKind !== null && state !== null && isSettled(itemKind, state),
  };
}

/** Items that wait for this one by a confirmed link. */
export async function listDependents(db: Db | Tx, of: { id: string; code: string }) {
  const links = await db
    .selectDistinct({ itemId: itemLink.itemId })
    .from(itemLink)
    .where(
      and(
        eq(itemLink.kind, "blocked_by"),
        eq(itemLink.state, "confirmed"),
        or(eq(itemLink.toItemId, of.id), and(isNull(itemLink.toItemId), eq(itemLink.toCode, of.code))),
      ),
    )
    .limit(LINKS_MAX);
  const ids = links.map(({ itemId }) => itemId);
  if (ids.length === 0) return [];
  const rows = await db
    .select({ id: item.id, code: item.code, title: item.title, kind: item.kind, state: item.state })
    .from(item)
    .where(and(inArray(item.id, ids), isNull(item.removedAt)))
    .orderBy(asc(item.code));
  return rows.filter(({ kind, state }) => !isSettled(kind, state));
}
