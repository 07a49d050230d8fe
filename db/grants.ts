import type postgres from "postgres";

/** Tables that the application may only read and add to. */
export const APPEND_ONLY = [
  "approval",
  "audit_entry",
  "evidence",
  "finding",
  "gate_result",
  "job_resolution",
  "journal_entry",
  "output_line",
  "runbook_version",
  "sign_in_attempt",
  "tenant_value",
] as const;

/** Columns of progress, by table; everything else of a row stays as inserted. */
const UPDATABLE: Record<string, readonly string[]> = {
  audit_head: ["seq", "hash"],
  cloud: [
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
  handover: ["state", "box", "says", "revealed_at"],
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
  role_grant: ["revoked_by", "revoked_at"],
  runner: ["heartbeat_at", "stopped_at"],
  secret: ["sealed", "destroyed_at"],
  session: ["last_active_at", "expires_at", "ended_at", "ended_reason"],
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

/**
 * Refuses to start when the application role could do more than it must: own a table, be a superuser, or change or
 * remove an append-only row.
 */
export async function assertGrants(sql: postgres.Sql): Promise<void> {
  const [me] = await sql<{ name: string; superuser: boolean; owns: number }[]>`
    select current_user as name,
      (select rolsuper from pg_roles where rolname = current_user) as superuser,
      (select count(*)::int from pg_tables where schemaname = 'public' and tableowner = current_user) as owns`;
  if (!me || me.superuser || me.owns > 0) {
    throw new Error(
      `The application's database role ${me?.name ?? "(unknown)"} is too powerful: it must not be a superuser or own tables. ` +
        "Point DATABASE_APP_URL at a plain role.",
    );
  }
  const tooMuch = await sql<{ table: string; privilege: string }[]>`
    select t.name as table, p.name as privilege
    from unnest(${sql.array([...APPEND_ONLY])}::text[]) as t(name), unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) as p(name)
    where has_table_privilege('public.' || t.name, p.name)
      or (p.name = 'UPDATE' and has_any_column_privilege('public.' || t.name, 'UPDATE'))`;
  if (tooMuch.length > 0) {
    const list = tooMuch.map(({ table, privilege }) => `${privilege} on ${table}`).join(", ");
    throw new Error(
      `The application's database role ${me.name} may do too much: ${list}. Nothing was started.`,
    );
  }
}
