import { randomUUID } from "node:crypto";
import { asc, desc, gt } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { connect, type Connection, type Db } from "#db/client.ts";
import { auditEntry, auditHead } from "#db/schema/audit.ts";
import { verifyChain } from "#server/domain/audit/chain.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { ACCESS_ACTS } from "#server/testing/audit-acts/access.ts";
import { ACCOUNT_ACTS, PASSKEY_ACTS, SESSION_ACTS } from "#server/testing/audit-acts/account.ts";
import { CERTIFICATE_ACTS } from "#server/testing/audit-acts/certificates.ts";
import { CHECK_ACTS } from "#server/testing/audit-acts/checks.ts";
import { CONSOLE_ACTS } from "#server/testing/audit-acts/console.ts";
import { IMPORT_ACTS, ITEM_ACTS } from "#server/testing/audit-acts/items.ts";
import { JOB_ACTS } from "#server/testing/audit-acts/jobs.ts";
import { GUEST_ACTS } from "#server/testing/audit-acts/guests.ts";
import { POLICY_ACTS } from "#server/testing/audit-acts/identity-policy.ts";
import { RUNBOOK_ACTS } from "#server/testing/audit-acts/runbooks.ts";
import { type Acts, type ActWorld, newPeople, openActWorld } from "#server/testing/audit-acts/world.ts";
import { approvalOf, type JobWorld } from "#server/testing/jobs.ts";
import { listProcedures } from "#server/testing/procedures.ts";
import { unfreeze } from "#server/testing/proposals.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { readInbox } from "../inbox/list.ts";
import { approveJob } from "../job/approve.ts";
import { cancelJob } from "../job/cancel.ts";
import { withdrawJob } from "../job/withdraw.ts";
import { listPeople } from "../person/list.ts";
import { createTenant } from "../tenant/create.ts";
import { appendAudit, coveredBy } from "./append.ts";

let given: ActWorld;
let world: JobWorld;
let owner: Connection;
let operator: PersonActor;
let reviewer: PersonActor;

beforeAll(async () => {
  given = await openActWorld();
  world = given.jobs;
  owner = connect(world.database.ownerUrl, { max: 1 });
});
afterAll(async () => {
  await given.keys.close();
  await owner.close();
  await world.close();
});
beforeEach(async () => {
  const people = await newPeople(world);
  given = { ...given, ...people };
  ({ operator, reviewer } = people);
  await unfreeze(world, operator, people.admin);
});

const as = (actor: PersonActor) => world.ctx(actor);

/** Every change, by the path of its procedure. */
const ACTS: Acts = {
  ...JOB_ACTS,
  ...CONSOLE_ACTS,
  ...ACCOUNT_ACTS,
  ...PASSKEY_ACTS,
  ...ITEM_ACTS,
  ...CERTIFICATE_ACTS,
  ...CHECK_ACTS,
  ...ACCESS_ACTS,
  ...GUEST_ACTS,
  ...POLICY_ACTS,
  ...RUNBOOK_ACTS,
};
/** Their whole effect is what somebody was given to see, and that stands in the audit. */
const SHOWING = ["tenants.collectHandover"];

/** What the API offers that changes something: the action of each path. */
const ACTIONS = new Map(
  listProcedures()
    .filter(({ type }) => type === "mutation")
    .map(({ path, meta }) => [path, z.object({ action: z.string() }).parse(meta).action]),
);

describe("the audit", () => {
  it("is tested for every change that the API offers", () => {
    expect(Object.keys(ACTS).sort()).toEqual([...ACTIONS.keys()].sort());
  });

  it.each([...ACTIONS])(
    "has exactly one entry for %s, which is a %s, or nothing happened",
    async (path, action) => {
      const entries = await tried(ACTS[path], { isShowing: SHOWING.includes(path) });
      expect(entries).toMatchObject([{ action, outcome: "done", at: given.jobs.now }]);
    },
  );

  it.each(Object.entries({ ...SESSION_ACTS, ...IMPORT_ACTS }))(
    "has exactly one entry for %s, or nothing happened",
    async (name, prepare) => {
      const entries = await tried(prepare);
      const action = name === "register.import" ? name : "session.start";
      expect(entries).toMatchObject([{ action, outcome: "done", at: given.jobs.now }]);
    },
  );

  it("names who acted, from the session, and on what", async () => {
    const row = await world.request(operator);
    await world.recheck(reviewer, row.id);
    await approveJob(as({ ...reviewer, name: "Somebody else" }), approvalOf(row));
    expect(await newest()).toMatchObject({
      actor: { kind: "person", id: reviewer.personId, name: "Rita" },
      objectKind: "job",
      objectId: row.id,
      details: { digest: row.digest, reason: "Looks right", ticked: ["domain.create", "manager.create"] },
    });
  });

  it.each<[string, () => Promise<() => Promise<unknown>>, object]>([
    [
      "an own approval",
      async () => {
        const both = await world.person("Bo", "operator", "reviewer");
        const row = await world.request(both);
        return () => approveJob(as(both), approvalOf(row));
      },
      { action: "job.approve", objectKind: "job", details: { code: "forbidden", reason: "self_approval" } },
    ],
    [
      "a stale page",
      async () => {
        const row = await world.request(operator);
        return () => approveJob(as(reviewer), { ...approvalOf(row), nonce: "n".repeat(20) });
      },
      { action: "job.approve", objectKind: "job", details: { code: "stale", reason: "stale" } },
    ],
    [
      "a missing role on an act",
      async () => () =>
        createTenant(as(reviewer), { slug: "client", cloudId: world.cloudId, inputs: INPUTS }),
      { action: "tenant.create", details: { code: "forbidden", reason: "role_missing" } },
    ],
    [
      "a missing role on a read",
      async () => () => listPeople(as(reviewer), {}),
      { action: "person.read", objectKind: "none", details: { code: "forbidden", reason: "role_missing" } },
    ],
    [
      "something that is not there",
      async () => () => cancelJob(as(operator), { jobId: randomUUID() }),
      { action: "job.cancel", details: { code: "not_found", reason: "not_found" } },
    ],
  ])("has %s", async (_what, prepare, expected) => {
    const act = await prepare();
    await refusalOf(act());
    expect(await newest()).toMatchObject({ outcome: "denied", ...expected });
  });

  it("has no entry for a read that is allowed", async () => {
    const before = await headSeq();
    await readInbox(as(operator), {});
    expect(await headSeq()).toBe(before);
  });

  it("keeps one event one entry, whatever a person writes", async () => {
    const reason = 'x\n{"seq":1}\r\u2028\u001b[2J"}]';
    const row = await world.request(operator);
    await withdrawJob(as(operator), { jobId: row.id, reason });
    expect(await newest()).toMatchObject({ details: { reason } });
    expect(await verdict()).toMatchObject({ kind: "whole" });
  });
});

describe("the chain", () => {
  it("is whole after three processes' parallel appends", async () => {
    const before = await headSeq();
    const connections = Array.from({ length: 3 }, () => connect(world.database.appUrl, { max: 4 }));
    const append = (db: Db, n: number) =>
      db.transaction((tx) =>
        appendAudit(tx, {
          actor: { kind: "system", name: "runner" },
          at: world.now,
          action: "test.append",
          outcome: "done",
          objectKind: "test",
          objectId: String(n),
          details: { n, text: "\u20ac\ud83d\ude00", nested: { b: 1.5, a: [null, true] } },
        }),
      );
    await Promise.all(
      connections.flatMap(({ db }, of) => Array.from({ length: 40 }, (_, n) => append(db, of * 100 + n))),
    );
    await Promise.all(connections.map((connection) => connection.close()));
    expect(await verdict()).toMatchObject({ kind: "whole", seq: before + 120 });
  });

  it("has no place for an event whose act was rolled back", async () => {
    const before = await headSeq();
    const failed = world.db.transaction(async (tx) => {
      await appendAudit(tx, {
        actor: { kind: "system", name: "runner" },
        at: world.now,
        action: "test.append",
        outcome: "done",
        objectKind: "test",
        objectId: "x",
        details: {},
      });
      throw new Error("after the append");
    });
    await expect(failed).rejects.toThrow("after the append");
    expect(await verdict()).toMatchObject({ kind: "whole", seq: before });
  });

  it("shows what somebody with every right changed, by the number of the entry", async () => {
    const middle = Math.floor((await headSeq()) / 2);
    await owner.sql`update audit_entry set details = details || '{"forged": true}' where seq = ${middle}`;
    expect(await verdict()).toMatchObject({ kind: "broken", seq: middle });
  });
});

const INPUTS = { instances: 1, cores: 1, ramMb: 1, nodeCount: 1, cidr: "10.20.250.0/24" };

/** The entries of an act that nothing came of while no entry could be written. */
async function tried(prepare: Acts[string] | undefined, { isShowing } = { isShowing: false }) {
  if (!prepare) throw new Error("Nobody has said how this is done.");
  const act = await prepare(given);
  const before = { facts: await facts(), head: await headSeq() };
  await withBrokenAudit(async () => {
    await expect(act()).rejects.toThrow();
  });
  expect({ facts: await facts(), head: await headSeq() }).toEqual(before);
  await act();
  if (isShowing) expect(await facts()).toEqual(before.facts);
  else expect(await facts()).not.toEqual(before.facts);
  return world.db.select().from(auditEntry).where(gt(auditEntry.seq, before.head));
}

async function newest() {
  const [entry] = await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
  return entry;
}

async function headSeq(): Promise<number> {
  const [head] = await world.db.select().from(auditHead);
  return head?.seq ?? -1;
}

async function verdict() {
  const [head] = await world.db.select().from(auditHead);
  if (!head) throw new Error("There is no head.");
  const rows = await world.db.select().from(auditEntry).orderBy(asc(auditEntry.seq));
  return verifyChain(
    rows.map(({ hash, ...entry }) => ({ event: coveredBy(entry), hash })),
    head,
  );
}

/** A fingerprint of every table but the audit's own. */
async function facts(): Promise<Record<string, string>> {
  const tables = await owner.sql<{ name: string }[]>`
    select tablename as name from pg_tables
    where schemaname = 'public' and tablename not in ('audit_entry', 'audit_head', 'audit_node') order by 1`;
  const prints: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await owner.sql<{ print: string }[]>`
      select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as print from ${owner.sql(name)} t`;
    prints[name] = row?.print ?? "";
  }
  return prints;
}

/** No entry can be written while `use` runs: as with a full disk, only sooner. */
async function withBrokenAudit(use: () => Promise<void>): Promise<void> {
  await owner.sql.unsafe(`
    create or replace function fail_audit() returns trigger language plpgsql as $$ begin raise 'disk full'; end $$;
    create trigger fail_audit before insert on audit_entry for each row execute function fail_audit();`);
  try {
    await use();
  } finally {
    await owner.sql`drop trigger fail_audit on audit_entry`;
  }
}
