import { randomUUID } from "node:crypto";
import { asc, desc, eq, gt } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { connect, type Connection, type Db } from "#db/client.ts";
import { auditEntry, auditHead } from "#db/schema/audit.ts";
import { handover } from "#db/schema/secret.ts";
import { operation } from "#db/schema/signing.ts";
import { verifyChain } from "#server/domain/audit/chain.ts";
import type { Action } from "#server/domain/policy/actions.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import {
  approvalOf,
  asRead,
  destroying,
  FIRST_STAGE,
  type JobWorld,
  openJobWorld,
} from "#server/testing/jobs.ts";
import { DEFAULT_RULES } from "#server/domain/rule/rule.ts";
import { answerTo, freezeNow, unfreeze, waitingProposal } from "#server/testing/proposals.ts";
import { listProcedures } from "#server/testing/procedures.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { enrol, openSigningKeys, type SigningKeys } from "#server/testing/signing-keys.ts";
import { confirmHandover } from "../handover/confirm.ts";
import { requestHandover } from "../handover/request.ts";
import { readInbox } from "../inbox/list.ts";
import { approveJob } from "../job/approve.ts";
import { cancelJob } from "../job/cancel.ts";
import { recheckJob } from "../job/recheck.ts";
import { rejectJob } from "../job/reject.ts";
import { requestJob } from "../job/request.ts";
import { resolveJob } from "../job/resolve.ts";
import { runRead } from "../job/run-read.ts";
import { signJob } from "../job/sign.ts";
import { startJob } from "../job/start.ts";
import { proposeEnrol } from "../signer/propose.ts";
import { prepareRepin } from "../signer/repin.ts";
import { withdrawJob } from "../job/withdraw.ts";
import { proposeLift } from "../freeze/propose-lift.ts";
import { setFreeze } from "../freeze/set.ts";
import { addPerson } from "../person/add.ts";
import { disablePerson, enablePerson, endSessions } from "../person/disable.ts";
import { listPeople } from "../person/list.ts";
import { approveProposal, rejectProposal, withdrawProposal } from "../proposal/decide.ts";
import { proposeRules } from "../rules/change.ts";
import { setRoles } from "../person/set-roles.ts";
import { previewStage } from "../plan/preview.ts";
import { createTenant } from "../tenant/create.ts";
import { appendAudit, coveredBy } from "./append.ts";
import { requestHead } from "./request-signing.ts";

let world: JobWorld;
let keys: SigningKeys;
let owner: Connection;
let operator: PersonActor;
let reviewer: PersonActor;
let admin: PersonActor;

beforeAll(async () => {
  keys = await openSigningKeys();
  world = await openJobWorld();
  owner = connect(world.database.ownerUrl, { max: 1 });
});
afterAll(async () => {
  await keys.close();
  await owner.close();
  await world.close();
});
beforeEach(async () => {
  operator = await world.person("Olga", "operator");
  reviewer = await world.person("Rita", "reviewer");
  admin = await world.person("Ada", "admin");
  await unfreeze(world, operator, admin);
});

const as = (actor: PersonActor) => world.ctx(actor);

/** Every verb: what has to be there first, and the act. */
const ACTS: readonly { verb: { action: Action }; prepare: () => Promise<() => Promise<unknown>> }[] = [
  {
    verb: createTenant,
    prepare: async () => {
      const inputs = { instances: 1, cores: 1, ramMb: 1, nodeCount: 1, cidr: freeCidr() };
      const slug = `new-${randomUUID().slice(0, 8)}`;
      return () => createTenant(as(operator), { slug, cloudId: world.cloudId, inputs });
    },
  },
  {
    verb: previewStage,
    prepare: async () => {
      const tenantId = await world.tenant(operator);
      return () => previewStage(as(operator), { tenantId, stageKey: FIRST_STAGE });
    },
  },
  {
    verb: requestJob,
    prepare: async () => {
      const previewed = await world.preview(operator, { tenantId: await world.tenant(operator) });
      const idempotencyKey = randomUUID();
      const input = { ...previewed, reason: "Go", startsOnApproval: true, idempotencyKey };
      return () => requestJob(as(operator), input);
    },
  },
  {
    verb: runRead,
    prepare: async () => {
      const tenantId = await world.tenant(operator);
      const previewed = await world.preview(operator, { tenantId, change: asRead });
      const idempotencyKey = randomUUID();
      return () => runRead(as(operator), { ...previewed, idempotencyKey });
    },
  },
  {
    verb: recheckJob,
    prepare: async () => {
      const { id: jobId } = await world.request(operator);
      return () => recheckJob(as(reviewer), { jobId });
    },
  },
  {
    verb: approveJob,
    prepare: async () => {
      const row = await world.request(operator);
      await world.recheck(reviewer, row.id);
      return () => approveJob(as(reviewer), approvalOf(row));
    },
  },
  {
    verb: rejectJob,
    prepare: async () => {
      const { id: jobId, digest } = await world.request(operator);
      return () => rejectJob(as(reviewer), { jobId, digest, reason: "No" });
    },
  },
  {
    verb: startJob,
    prepare: async () => {
      const row = await world.request(operator, { startsOnApproval: false });
      await world.recheck(reviewer, row.id);
      await approveJob(as(reviewer), approvalOf(row));
      return () => startJob(as(operator), { jobId: row.id });
    },
  },
  {
    verb: withdrawJob,
    prepare: async () => {
      const { id: jobId } = await world.request(operator);
      return () => withdrawJob(as(operator), { jobId, reason: "No" });
    },
  },
  {
    verb: cancelJob,
    prepare: async () => {
      const { id: jobId } = await pastJob("running");
      return () => cancelJob(as(operator), { jobId });
    },
  },
  {
    verb: resolveJob,
    prepare: async () => {
      const { id: jobId } = await pastJob("outcome_unknown");
      return () => resolveJob(as(operator), { jobId, verdict: "happened", reason: "Looked" });
    },
  },
  {
    verb: requestHandover,
    prepare: async () => {
      const tenantId = await world.passedTenant(operator);
      return () => requestHandover(as(operator), { tenantId, publicKey: "A".repeat(87) });
    },
  },
  {
    verb: confirmHandover,
    prepare: async () => {
      const made = await boxedHandover();
      return () => confirmHandover(as(operator), made);
    },
  },
  {
    verb: requestHead,
    prepare: () => Promise.resolve(() => requestHead(as(admin), {})),
  },
  {
    verb: addPerson,
    prepare: async () => {
      const email = `${randomUUID()}@example.org`;
      return () => addPerson(as(admin), { email, name: "New", roles: ["operator"] });
    },
  },
  {
    verb: setRoles,
    prepare: async () => () => setRoles(as(admin), { personId: reviewer.personId, roles: ["auditor"] }),
  },
  {
    verb: disablePerson,
    prepare: async () => () => disablePerson(as(admin), { personId: reviewer.personId }),
  },
  {
    verb: enablePerson,
    prepare: async () => {
      await disablePerson(as(admin), { personId: reviewer.personId });
      return () => enablePerson(as(admin), { personId: reviewer.personId });
    },
  },
  {
    verb: endSessions,
    prepare: async () => () => endSessions(as(admin), { personId: reviewer.personId }),
  },
  {
    verb: signJob,
    prepare: async () => {
      const { jobId, armored } = await signedOperation();
      return () => signJob(as(reviewer), { jobId, armored, operation: null });
    },
  },
  {
    verb: proposeEnrol,
    prepare: async () => {
      const { publicLine } = await keys.make();
      const window = { validAfter: null, validBefore: null };
      const content = { personId: operator.personId, publicKey: publicLine, role: "operational" as const };
      return () => proposeEnrol(as(operator), { content: { ...content, ...window }, reason: "New key" });
    },
  },
  {
    verb: prepareRepin,
    prepare: async () => {
      const [cold, fresh] = [await keys.make(), await keys.make()];
      const by = { personId: reviewer.personId, at: world.now };
      await enrol(world.db, { ...by, line: cold.publicLine, role: "recovery" });
      const content = { personId: operator.personId, publicKey: fresh.publicLine };
      return () => prepareRepin(as(admin), { ...content, reason: "All are lost" });
    },
  },
  {
    verb: setFreeze,
    prepare: async () => () => setFreeze(as(operator), { reason: "Odd" }),
  },
  {
    verb: proposeLift,
    prepare: async () => {
      const content = { freezeId: await freezeNow(world, operator) };
      return () => proposeLift(as(operator), { content, reason: "Fine" });
    },
  },
  {
    verb: proposeRules,
    prepare: async () => {
      const manager = await world.person("Mara", "manager");
      const content = {
        base: 1,
        set: {
          ...DEFAULT_RULES,
          rules: DEFAULT_RULES.rules.map((rule) => ({
            ...rule,
            demands: { ...rule.demands, never: [reviewer.personId] },
          })),
        },
      };
      return () => proposeRules(as(manager), { content, reason: "Safer" });
    },
  },
  ...[approveProposal, rejectProposal].map((verb) => ({
    verb,
    prepare: async () => {
      const answer = await answerTo(world, await waitingProposal(world, operator));
      return () => verb(as(reviewer), answer);
    },
  })),
  {
    verb: withdrawProposal,
    prepare: async () => {
      const proposalId = await waitingProposal(world, operator);
      return () => withdrawProposal(as(operator), { proposalId, reason: "No" });
    },
  },
];

describe("the audit", () => {
  it("is tested for every change that the API offers", () => {
    const offered = listProcedures().filter(({ type }) => type === "mutation");
    expect(new Set(ACTS.map(({ verb }) => verb.action))).toEqual(
      new Set(offered.map(({ meta }) => z.object({ action: z.string() }).parse(meta).action)),
    );
  });

  it.each(ACTS.map((act) => ({ ...act, name: act.verb.action })))(
    "has exactly one entry for $name, or there was none",
    async ({ verb, prepare }) => {
      const act = await prepare();
      const before = { facts: await facts(), head: await headSeq() };
      await withBrokenAudit(async () => {
        await expect(act()).rejects.toThrow();
      });
      expect({ facts: await facts(), head: await headSeq() }).toEqual(before);
      await act();
      const entries = await world.db.select().from(auditEntry).where(gt(auditEntry.seq, before.head));
      expect(entries).toMatchObject([{ action: verb.action, outcome: "done", at: world.now }]);
      expect(await facts()).not.toEqual(before.facts);
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

let cidrs = 0;
function freeCidr(): string {
  cidrs += 1;
  return `10.20.${200 + cidrs}.0/24`;
}

async function pastJob(state: "running" | "outcome_unknown") {
  const tenantId = await world.tenant(operator);
  return world.pastJob({ tenantId, requestedBy: operator, stageKey: FIRST_STAGE }, state);
}

/** A job that destroys, approved, with a signature of a third person that nobody has handed in yet. */
async function signedOperation() {
  const { id: jobId } = await world.request(operator, { change: destroying });
  await world.recheck(reviewer, jobId, destroying);
  await approveJob(as(reviewer), { ...approvalOf(await world.job(jobId)), typedTarget: "client" });
  const key = await keys.make();
  const { personId } = await world.person("Sam", "operator");
  await enrol(world.db, { line: key.publicLine, personId, at: world.now });
  const [row] = await world.db.select().from(operation).where(eq(operation.jobId, jobId));
  return { jobId, armored: await key.sign(row?.message ?? "") };
}

async function boxedHandover() {
  const tenantId = await world.passedTenant(operator);
  const made = await requestHandover(as(operator), { tenantId, publicKey: "A".repeat(87) });
  await world.db
    .update(handover)
    .set({ state: "ready", box: { publicKey: "p", iv: "i", ciphertext: "c" } })
    .where(eq(handover.id, made.handoverId));
  return made;
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
    where schemaname = 'public' and tablename not in ('audit_entry', 'audit_head') order by 1`;
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
