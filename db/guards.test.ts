import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { approveJob } from "#server/services/job/approve.ts";
import { approvalOf, type JobRow, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { connect, type Connection } from "./client.ts";

/** What may never change or go once it is written. Written by hand: a table that leaves this list is seen. */
const APPEND_ONLY = [
  "approval",
  "audit_entry",
  "evidence",
  "finding",
  "gate_result",
  "job_resolution",
  "installation",
  "journal_entry",
  "operation",
  "output_line",
  "runbook_version",
  "sign_in_attempt",
  "signature",
  "tenant_value",
  "used_nonce",
];
/** Of a job, what a second person approved and who asked for it. */
const FROZEN_OF_JOB = [
  "id",
  "number",
  "tenant_id",
  "cloud_id",
  "runbook_version_id",
  "stage_key",
  "stage_hash",
  "lane",
  "effect",
  "plan",
  "content_digest",
  "digest",
  "nonce",
  "idempotency_key",
  "requested_by",
  "reason",
  "starts_on_approval",
  "requested_at",
  "expires_at",
];
/** No right; or a number that only the database gives (generated always). */
const REFUSED = /^(42501|428C9)$/;

let world: JobWorld;
let app: Connection;
let operator: PersonActor;
let reviewer: PersonActor;
let approved: JobRow;

beforeAll(async () => {
  world = await openJobWorld();
  app = connect(world.database.appUrl, { max: 1 });
  operator = await world.person("Olga", "operator");
  reviewer = await world.person("Rita", "reviewer");
  approved = await world.request(operator);
  await world.recheck(reviewer, approved.id);
  await approveJob(world.ctx(reviewer), approvalOf(approved));
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const insertApproval = (change: Record<string, string>) =>
  app.sql`insert into approval ${app.sql({
    id: randomUUID(),
    job_id: approved.id,
    digest: approved.digest,
    requested_by: operator.personId,
    person_id: reviewer.personId,
    session_id: reviewer.sessionId,
    decision: "approve",
    ticked_call_ids: "[]",
    reason: "x",
    at: world.now.toISOString(),
    ...change,
  })}`;

describe("an approval written past the code", () => {
  it("by the requester is refused", async () => {
    await expect(insertApproval({ person_id: operator.personId })).rejects.toMatchObject({
      constraint_name: "approval_second_person",
    });
  });

  it("by the requester, with somebody else named as requester, is refused", async () => {
    const other = await world.person("Oskar", "operator");
    await expect(
      insertApproval({ person_id: operator.personId, requested_by: other.personId }),
    ).rejects.toMatchObject({ code: "23503" });
  });

  it("of another digest is refused", async () => {
    const third = await world.person("Third", "reviewer");
    const digest = `sha256:${randomBytes(32).toString("hex")}`;
    await expect(insertApproval({ person_id: third.personId, digest })).rejects.toMatchObject({
      code: "23503",
    });
    const other = await world.request(operator);
    await expect(insertApproval({ person_id: third.personId, digest: other.digest })).rejects.toMatchObject({
      code: "23503",
    });
  });

  it("of a person who does not exist is refused", async () => {
    await expect(insertApproval({ person_id: randomUUID() })).rejects.toMatchObject({ code: "23503" });
  });

  it("a second time by one person is refused", async () => {
    await expect(insertApproval({})).rejects.toMatchObject({ constraint_name: "approval_once" });
  });
});

describe("the application role", () => {
  it.each(
    APPEND_ONLY.flatMap((table) => [
      [table, `delete from ${table}`],
      [table, `truncate ${table} cascade`],
      [table, `delete from only ${table} where ctid is not null`],
    ]),
  )("takes nothing away from %s: %s", async (_table, statement) => {
    await expect(app.sql.unsafe(statement)).rejects.toMatchObject({ code: expect.stringMatching(REFUSED) });
  });

  it.each(APPEND_ONLY)("changes no column of %s", async (table) => {
    const columns = await app.sql<{ name: string }[]>`
      select column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = ${table}`;
    expect(columns.length).toBeGreaterThan(0);
    for (const { name } of columns) {
      await expect(
        app.sql.unsafe(`update ${table} set "${name}" = "${name}"`),
        `${table}.${name}`,
      ).rejects.toMatchObject({ code: expect.stringMatching(REFUSED) });
    }
  });

  it.each(FROZEN_OF_JOB)("changes no job's %s", async (column) => {
    await expect(app.sql.unsafe(`update job set "${column}" = "${column}"`)).rejects.toMatchObject({
      code: expect.stringMatching(REFUSED),
    });
  });

  it.each([
    ["a job", "delete from job"],
    ["a person", "delete from person"],
    ["a tenant", "truncate tenant cascade"],
    ["a session's hash", "update session set id_hash = 'x'"],
    ["a session's person", `update session set person_id = person_id`],
    ["a person's id", "update person set id = id"],
    ["a grant's person", "update role_grant set person_id = person_id, role = 'admin'"],
    ["a secret's fingerprint", "update secret set fingerprint = 'x'"],
    ["a tenant's inputs", "update tenant set inputs = '{}'"],
    ["the asker of a hand-over", "update handover set public_key = 'x', requested_by = requested_by"],
  ])("neither removes nor rewrites %s", async (_what, statement) => {
    await expect(app.sql.unsafe(statement)).rejects.toMatchObject({ code: expect.stringMatching(REFUSED) });
  });

  it.each([
    ["alter table audit_entry disable trigger all"],
    ["alter table approval drop constraint approval_second_person"],
    ["alter table job add column mine int"],
    ["drop table audit_entry"],
    ["drop trigger announce on job"],
    ["drop function announce_change() cascade"],
    ["create table mine (id int)"],
    ["create rule mine as on insert to audit_entry do instead nothing"],
    ["create trigger mine before insert on audit_entry for each row execute function announce_change()"],
    ["create or replace function announce_change() returns trigger language plpgsql as 'begin end'"],
    ["create role mine"],
    ["create schema mine"],
    ["set role countersign_owner"],
    ["set session authorization postgres"],
    ["set session_replication_role = replica"],
    ["lock table audit_entry in access exclusive mode"],
    ["copy audit_entry from program 'true'"],
    [
      "insert into audit_entry select * from audit_entry where seq = 1 on conflict (seq) do update set hash = 'x'",
    ],
    ["merge into audit_entry a using audit_entry b on a.seq = b.seq when matched then update set hash = 'x'"],
  ])("may not %s", async (statement) => {
    const who = await app.sql<{ name: string }[]>`select current_user as name`;
    // A statement that must stand in a transaction fails for that reason outside one.
    const act = app.sql.begin((sql) => sql.unsafe(statement));
    await expect(act).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|42P01|42704)$/) });
    expect(await app.sql`select current_user as name`).toEqual(who);
  });

  it("gives itself nothing: Postgres warns and grants no right", async () => {
    await app.sql`grant update on audit_entry to current_user`;
    await expect(app.sql`update audit_entry set hash = 'x'`).rejects.toMatchObject({ code: "42501" });
  });

  it("writes no second entry under a used number", async () => {
    await expect(
      app.sql`insert into audit_entry select * from audit_entry where seq = 1`,
    ).rejects.toMatchObject({ code: "23505" });
  });

  it("keeps one lane for one lease and one live hand-over per tenant", async () => {
    const lease = (lane: string) => app.sql`
      insert into lease (lane, job_id, runner_id, acquired_at, expires_at)
      values (${lane}, ${approved.id}, ${randomUUID()}, now(), now())`;
    await lease(approved.lane);
    await expect(lease(approved.lane)).rejects.toMatchObject({ code: "23505" });
    const ask = () => app.sql`
      insert into handover (id, tenant_id, requested_by, public_key, state, created_at)
      values (${randomUUID()}, ${approved.tenantId}, ${operator.personId}, 'k', 'requested', now())`;
    await ask();
    await expect(ask()).rejects.toMatchObject({ constraint_name: "handover_once" });
  });
});
