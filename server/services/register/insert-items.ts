import { randomUUID } from "node:crypto";
import { isNull, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { person } from "#db/schema/person.ts";
import { isSettled } from "#server/domain/register/record-state.ts";
import type { DocumentRecord, RecordLink } from "#server/domain/register/records.ts";

/** Rows of one statement: some megabytes of JSON at the most. */
const CHUNK = 2000;
/** Between two items of a document, for one that comes between them later. */
const POSITION_STEP = 1000;

export const positionOf = (record: Pick<DocumentRecord, "position">): number =>
  record.position * POSITION_STEP;

/** The place of a record behind this position. */
export const placeBehind = (position: number): number => Math.floor(position / POSITION_STEP) + 1;

/** Who brought the items in and how: `imported` from a document, or `created` in the console. */
interface Brought {
  documentId: string;
  act: "imported" | "created";
  personId: string;
  at: Date;
}

/**
 * Enters items with their first event and the links that their words propose, some hundred thousand in a few
 * seconds. Keys must be new within the document. Answers the ids in the order of the records.
 */
export async function insertItems(
  tx: Tx,
  records: readonly DocumentRecord[],
  brought: Brought,
): Promise<string[]> {
  const people = await namesOfPeople(tx);
  const ids = records.map(() => randomUUID());
  for (let from = 0; from < records.length; from += CHUNK) {
    const chunk = records.slice(from, from + CHUNK);
    const rows = chunk.map((record, at) => rowOf(record, { id: ids[from + at] ?? "", people, brought }));
    await insertRows(tx, rows, brought);
  }
  await insertLinks(
    tx,
    records.flatMap(({ links }, at) => links.map((link) => ({ ...link, itemId: ids[at] ?? "" }))),
  );
  await resolveLinks(tx, brought.documentId);
  return ids;
}

/** Active people by their names in small letters; a name that two have names nobody. */
async function namesOfPeople(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx
    .select({ id: person.id, name: person.name })
    .from(person)
    .where(isNull(person.disabledAt));
  const byName = Map.groupBy(rows, ({ name }) => name.toLowerCase());
  return new Map([...byName].flatMap(([name, own]) => (own.length === 1 ? [[name, own[0]?.id ?? ""]] : [])));
}

function rowOf(
  record: DocumentRecord,
  { id, people, brought }: { id: string; people: ReadonlyMap<string, string>; brought: Brought },
) {
  const { key, code, kind, section, title, words, content, refs, state, isChange, dueOn } = record;
  const idOf = (name: string | null) => (name === null ? null : (people.get(name.toLowerCase()) ?? null));
  return {
    id,
    code,
    kind,
    document_key: key,
    position: positionOf(record),
    section,
    title,
    words,
    content,
    refs,
    state,
    owner_id: idOf(record.ownerName),
    due_on: dueOn,
    is_change: isChange,
    must_differ_from: idOf(record.differsFrom),
    trigger: record.trigger,
    closed_at: isSettled(kind, state) ? brought.at.toISOString() : null,
  };
}

async function insertRows(
  tx: Tx,
  rows: readonly ReturnType<typeof rowOf>[],
  { documentId, act, personId, at }: Brought,
): Promise<void> {
  const when = at.toISOString();
  await tx.execute(sql`
    insert into item (id, code, kind, document_id, document_key, position, section, title, words, content, refs,
      state, owner_id, due_on, is_change, must_differ_from, trigger, closed_at, created_by, created_at, changed_at)
    select r.id, r.code, r.kind, ${documentId}, r.document_key, r.position, r.section, r.title, r.words, r.content,
      r.refs, r.state, r.owner_id, r.due_on, r.is_change, r.must_differ_from, r.trigger, r.closed_at,
      ${personId}, ${when}::timestamptz, ${when}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(id uuid, code text, kind text, document_key text,
      position bigint, section integer, title text, words text, content jsonb, refs text[], state text, owner_id uuid,
      due_on date, is_change boolean, must_differ_from uuid, trigger jsonb, closed_at timestamptz)`);
  await tx.execute(sql`
    insert into item_event (item_id, revision, act, changes, person_id, at)
    select id::uuid, 1, ${act}, '{}', ${personId}, ${when}::timestamptz
    from jsonb_array_elements_text(${JSON.stringify(rows.map(({ id }) => id))}::text::jsonb) as id`);
}

/** Proposes links; one that is known of the item, in whatever state, stays as it is. */
export async function insertLinks(
  tx: Tx,
  links: readonly (RecordLink & { itemId: string })[],
): Promise<void> {
  for (let from = 0; from < links.length; from += CHUNK) {
    const rows = links.slice(from, from + CHUNK).map(({ itemId, kind, to, because }) => ({
      id: randomUUID(),
      item_id: itemId,
      kind,
      to_code: to,
      because,
    }));
    await tx.execute(sql`
      insert into item_link (id, item_id, kind, to_code, because, state)
      select id, item_id, kind, to_code, because, 'proposed'
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as r(id uuid, item_id uuid, kind text, to_code text, because text)
      on conflict do nothing`);
  }
}

/**
 * Ties links of a document, and those that name something in it, to the item that they name: one of the same document,
 * else the only one of that code anywhere. What names something that no register has stays a code.
 */
async function resolveLinks(tx: Tx, documentId: string): Promise<void> {
  await tx.execute(sql`
    update ${itemLink} set to_item_id = o.id
    from ${item} i, (
      select distinct on (code) code, id from ${item}
      where document_id = ${documentId} and removed_at is null order by code, position
    ) as o
    where i.id = ${itemLink.itemId} and i.document_id = ${documentId} and ${itemLink.toItemId} is null
      and o.code = ${itemLink.toCode}`);
  await tx.execute(sql`
    with open as (
      select l.id, l.to_code from ${itemLink} l join ${item} i on i.id = l.item_id
      where l.to_item_id is null
        and (i.document_id = ${documentId} or l.to_code in (select code from ${item} where document_id = ${documentId}))
    ), found as (
      select code, min(id::text)::uuid as id from ${item}
      where removed_at is null and code in (select to_code from open) group by code having count(*) = 1
    )
    update ${itemLink} set to_item_id = found.id from open, found
    where ${itemLink.id} = open.id and open.to_code = found.code`);
}
