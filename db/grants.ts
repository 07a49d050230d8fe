import type postgres from "postgres";

/** Columns of progress, by table; everything else of a row stays as inserted, and tables not named are append-only. */
const UPDATABLE: Record<string, readonly string[]> = {
  audit_head: ["seq", "hash", "frontier"],
  block_attestation: ["withdrawn_by", "withdrawn_at", "withdrawn_reason"],
  certificate_request: ["state", "decision_id", "question", "envelope", "step", "code", "says", "ended_at"],
  change_freeze: ["lifted_by", "lifted_at"],
  check_run: [
    "state",
    "claimed_by",
    "started_at",
    "cancel_requested_by",
    "cancel_requested_at",
    "finished_at",
    "ending",
    "exit_code",
    "says",
    "observed",
    "lines",
    "is_truncated",
    "assertions",
  ],
  cloud: [
    "kind",
    "auth_url",
    "region",
    "horizon_url",
    "tenant_pool",
    "ca_fingerprint",
    "ca_expires_at",
    "state",
    "says",
    "endpoints",
    "checked_at",
  ],
  draft_preview: ["state", "stages", "claimed_by", "finished_at"],
  guest_observation: ["document", "observed_at", "tried_at", "problem"],
  hand_record: ["given", "kept"],
  handover: ["state", "box", "says", "revealed_at"],
  host_recovery: ["ended_by", "ended_at"],
  host_key: ["public_key", "sealed", "made_at"],
  item: [
    "code",
    "position",
    "section",
    "title",
    "words",
    "content",
    "refs",
    "state",
    "owner_id",
    "due_on",
    "is_change",
    "must_differ_from",
    "trigger",
    "fired_because",
    "counts_until",
    "target",
    "revision",
    "changed_at",
    "closed_at",
    "removed_at",
  ],
  item_gate: ["withdrawn_by", "withdrawn_at"],
  item_link: ["to_item_id", "because", "state", "decided_by", "decided_at"],
  item_tick: ["withdrawn_by", "withdrawn_at"],
  job: [
    "state",
    "state_changed_at",
    "consumed_at",
    "queued_at",
    "started_at",
    "finished_at",
    "outcome_says",
    "outcome_advice",
    "cancel_requested_by",
    "cancel_requested_at",
    "resolved_at",
    "resolution",
    "drift",
  ],
  lease: ["job_id", "runner_id", "acquired_at", "expires_at"],
  passkey: ["counter", "name", "last_used_at", "removed_at"],
  passkey_challenge: ["used_at"],
  person: ["name", "password_hash", "oidc_issuer", "oidc_subject", "disabled_at"],
  plan: [
    "state",
    "content",
    "content_digest",
    "effect",
    "says",
    "advice",
    "claimed_by",
    "claimed_at",
    "finished_at",
  ],
  proposal: ["state", "decided_by", "decision_reason", "decided_at"],
  role_grant: ["revoked_by", "revoked_at"],
  runner: ["heartbeat_at", "stopped_at"],
  runbook_draft: ["base_version_id", "revision", "state", "changed_at", "version_id"],
  saved_view: ["name", "query", "is_shared", "removed_at"],
  secret: ["sealed", "destroyed_at"],
  series_number: ["state", "holder", "purpose", "source", "person_id", "at"],
  session: ["last_active_at", "expires_at", "stepped_up_at", "ended_at", "ended_reason"],
  signer: ["revoked_at", "revoked_by", "revoked_reason"],
  ssh_authority: ["public_key", "sealed", "made_at", "retired_at"],
  ssh_engine_trial: ["state", "findings", "ended_at"],
  ssh_certificate: ["revoked_at", "revoked_by", "revoked_reason"],
  standing_approval: ["withdrawn_by", "withdrawn_at"],
  tenant: ["runbook_version_id", "handed_over_at"],
};

/** Tables whose rows the application may remove: only the lock rows of lanes. */
const DELETABLE = ["lease"] as const;

/** Gives the application role exactly its rights, taking away whatever else it had. Idempotent; run as the owner. */
export async function applyGrants(sql: postgres.Sql, role: string): Promise<void> {
  const to = sql(role);
  await sql`revoke all on all tables in schema public from ${to}`;
  await sql`revoke create on schema public from public`;
  await sql`grant usage on schema public to ${to}`;
  await sql`grant select, insert on all tables in schema public to ${to}`;
  for (const [table, columns] of Object.entries(UPDATABLE)) {
    await sql`grant update (${sql(columns)}) on ${sql(table)} to ${to}`;
  }
  for (const table of DELETABLE) await sql`grant delete on ${sql(table)} to ${to}`;
}

/** The application role's rights are not what they must be; the message is a sentence for whoever set it up. */
export class GrantsError extends Error {
  override readonly name = "GrantsError";
}

/**
 * Refuses to start when the application role could do more than it must: rule over tables or roles, step into the role
 * that owns them, or have a right on a table that it was not given here. Throws GrantsError.
 */
export async function assertGrants(sql: postgres.Sql): Promise<void> {
  const powers = await listPowers(sql);
  if (powers.length > 0) {
    throw new GrantsError(
      `The application's database role is too powerful: it ${powers.join(", it ")}. ` +
        "Point DATABASE_APP_URL at a plain role. Nothing was started.",
    );
  }
  const extra = await listExtraRights(sql);
  if (extra.length > 0) {
    throw new GrantsError(
      `The application's database role may do too much: ${extra.join(", ")}. Take that away; nothing was started.`,
    );
  }
  if (await lacksRights(sql)) {
    throw new GrantsError(
      "DATABASE_APP_URL cannot read and add to Countersign's tables. It must name the same database as DATABASE_URL. Nothing was started.",
    );
  }
}

/** The rights were given a moment ago: a role without them looks at another database. */
async function lacksRights(sql: postgres.Sql): Promise<boolean> {
  const [row] = await sql<{ isMissing: boolean }[]>`
    select not coalesce(has_table_privilege(t, 'SELECT') and has_table_privilege(t, 'INSERT'), false) as "isMissing"
    from to_regclass('public.audit_entry') as t`;
  return row?.isMissing ?? true;
}

async function listPowers(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ says: string }[]>`
    select 'is a superuser' as says from pg_roles where rolname = current_user and rolsuper
    union all select 'may make roles' from pg_roles where rolname = current_user and rolcreaterole
    union all select 'may make tables' where has_schema_privilege('public', 'CREATE')
    union all select distinct 'owns or may act as the owner of tables' from pg_tables
      where schemaname = 'public' and pg_has_role(tableowner, 'MEMBER')`;
  return rows.map(({ says }) => says);
}

/**
 * Rights on tables of this schema beyond SELECT, INSERT, and what UPDATABLE and DELETABLE name. Names carry their own
 * schema: the planner may ask about a row before it has looked whether that is ours.
 */
async function listExtraRights(sql: postgres.Sql): Promise<string[]> {
  const given = Object.entries(UPDATABLE).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`),
  );
  const rows = await sql<{ says: string }[]>`
    select p.name || ' on ' || t.tablename as says
    from pg_tables t, unnest(array['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as p(name)
    where t.schemaname = 'public' and has_table_privilege(quote_ident(t.schemaname) || '.' || quote_ident(t.tablename), p.name)
      and not (p.name = 'DELETE' and t.tablename = any (${sql.array([...DELETABLE])}::text[]))
    union all
    select 'UPDATE on ' || c.table_name || '.' || c.column_name
    from information_schema.columns c
    join pg_tables t on t.schemaname = 'public' and t.tablename = c.table_name
    where c.table_schema = 'public'
      and has_column_privilege(
        quote_ident(c.table_schema) || '.' || quote_ident(c.table_name), c.column_name, 'UPDATE')
      and not (c.table_name || '.' || c.column_name = any (${sql.array(given)}::text[]))
    order by says`;
  return rows.map(({ says }) => says);
}
