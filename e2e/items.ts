import { randomUUID } from "node:crypto";
import type { Connection } from "#db/client.ts";

type Sql = Connection["sql"];

const WORDS =
  "broker token ledger cluster router quota policy backup evidence handover rotate revoke measure network subnet image flavor volume signer reviewer gate runbook stage trust role domain project secret digest journal".split(
    " ",
  );

/**
 * Enters items past the console, as many as asked for, of all kinds, with owners, dates and states spread over them and
 * some that wait for a ruling. Only the first three pages of a browser would come from an import of this size.
 */
export async function seedItems(sql: Sql, count: number, name = "board"): Promise<string> {
  const documentId = randomUUID();
  const path = `docs/${name}-${documentId.slice(0, 8)}.md`;
  await sql`
    insert into register_document (id, path, kind, created_by, created_at)
    select ${documentId}, ${path}, 'handoff', id, now() from person order by created_at limit 1`;
  const text = Array.from({ length: 400 }, (_, at) => WORDS[(at * 7 + (at % 13) * 5) % WORDS.length]).join(
    " ",
  );
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`;
    await tx`
    with people as (select array_agg(id order by email) as ids from person),
    made as (
      select n,
        (array['H','H','H','V','V','R','D','C','deferred','ledger_row'])[1 + n % 10] as kind,
        initcap(substr(${text}, 1 + n * 13 % 2000, 60)) || ' ' || n as title,
        substr(${text}, 1 + n * 29 % 2000, 400) as body
      from generate_series(1, ${count}::int) n)
    insert into item (id, code, kind, document_id, document_key, position, section, title, words, content, refs, state,
      owner_id, due_on, created_by, created_at, changed_at, closed_at)
    select gen_random_uuid(),
      case kind when 'ledger_row' then 'SEC-' || lpad(n::text, 3, '0') when 'deferred' then 'deferred-' || n else kind || '-' || n end,
      kind, ${documentId}, 'seed-' || n, n * 1000, 0, title, body,
      jsonb_build_object('kind', 'item', 'item', jsonb_build_object(
        'id', kind || '-' || n, 'kind', 'H', 'refsText', 'D-064', 'title', title, 'trigger', null,
        'parts', jsonb_build_array(jsonb_build_object('kind', 'text', 'label', null, 'text', body),
          jsonb_build_object('kind', 'text', 'label', 'FIX', 'text', 'See R-3 and SEC-001.')))),
      array['D-064'],
      case when n % 3 = 0 then (case kind when 'V' then 'passed' when 'R' then 'adopted' when 'deferred' then 'dropped'
        when 'ledger_row' then 'closed' else 'done' end)
        else (case kind when 'deferred' then 'waiting' else 'open' end) end,
      case when n % 4 = 0 then null else people.ids[1 + n % cardinality(people.ids)] end,
      case when n % 5 = 0 then null else current_date + (n % 90) - 30 end,
      people.ids[1], now() - make_interval(days => n % 300), now() - make_interval(hours => n % 500),
      case when n % 3 = 0 then now() - make_interval(days => n % 40) end
    from made, people`;
    await tx`
    insert into item_event (item_id, revision, act, changes, person_id, at)
    select id, 1, 'imported', '{}'::jsonb, created_by, created_at from item where document_id = ${documentId}`;
  });
  await sql`
    insert into item_link (id, item_id, kind, to_code, to_item_id, because, state, decided_by, decided_at)
    select gen_random_uuid(), w.id, 'blocked_by', r.code, r.id, 'It says so.', 'confirmed', w.created_by, now()
    from (select *, row_number() over (order by position) as n from item where document_id = ${documentId} and kind = 'H' and closed_at is null limit 300) w
    join (select *, row_number() over (order by position) as n from item where document_id = ${documentId} and kind = 'R' and closed_at is null limit 20) r
      on r.n = 1 + w.n % 20`;
  await sql`vacuum analyze item`;
  await sql`analyze item_link`;
  return documentId;
}

/** Takes them away again: the stories after it are not about many. */
export async function forgetItems(sql: Sql, documentId: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`;
    const mine = tx`(select id from item where document_id = ${documentId})`;
    await tx`delete from item_link where item_id in ${mine}`;
    await tx`delete from item_event where item_id in ${mine}`;
    await tx`delete from item where document_id = ${documentId}`;
    await tx`delete from register_document where id = ${documentId}`;
  });
}
