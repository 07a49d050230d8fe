import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { checkRun, hostKey } from "#db/schema/check.ts";
import { checkResult, item } from "#db/schema/register.ts";
import { runner } from "#db/schema/runner.ts";
import type { HostContent } from "#server/domain/host/host.ts";
import { withdrawAttestation } from "#server/services/attestation/withdraw.ts";
import { cancelRun } from "#server/services/check/cancel.ts";
import { recordResult } from "#server/services/check/record.ts";
import { setFreeze } from "#server/services/freeze/set.ts";
import { listHostPage } from "#server/services/host/list.ts";
import { requestHostKey } from "#server/services/host/request-key.ts";
import { proposeHost } from "#server/services/host/set.ts";
import { acceptRisk } from "#server/services/item-move/accept-risk.ts";
import { attestCheck } from "#server/services/item-move/attest.ts";
import { setRoles } from "#server/services/person/set-roles.ts";
import { type CheckWorld, openCheckWorld } from "#server/testing/checks.ts";
import { dumpDatabase } from "#server/testing/database-dump.ts";
import { getItem } from "#server/testing/items.ts";
import { signInAs } from "#server/testing/people.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { openSshd, type Sshd } from "#server/testing/sshd.ts";
import type { CheckRunner } from "./check-runner.ts";

let world: CheckWorld;
let sshd: Sshd;
let running: CheckRunner | null = null;

beforeAll(async () => {
  world = await openCheckWorld();
  sshd = await openSshd();
});
afterAll(async () => {
  await world.close();
  await sshd.close();
});
beforeEach(async () => {
  running ??= await world.start();
});

const as = (who: keyof CheckWorld["people"]) => world.ctx(world.people[who]);
const reason = "Because";
/** With the runner away, so that something can happen between asking and starting. */
async function withoutRunner<T>(act: () => Promise<T>): Promise<T> {
  await running?.stop();
  running = null;
  return act();
}

async function attested(script: string, hostLabel?: string): Promise<string> {
  const itemId = await world.item(script, hostLabel);
  await world.attest(itemId);
  return itemId;
}
const stateOf = async (itemId: string) => (await getItem(world.db, itemId)).state;

describe("a check on this machine", () => {
  it("runs what two people attested, and keeps every line, its exit and a digest of both", async () => {
    const itemId = await attested("echo one; echo two >&2; exit 3");
    const run = await world.run(itemId);
    expect(run).toMatchObject({
      state: "finished",
      ending: "exited",
      exitCode: 3,
      lines: 2,
      isTruncated: false,
    });
    expect(run.observed).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await world.lines(run.id)).toSorted()).toEqual(["one", "two"]);
    const again = await world.run(itemId);
    expect(again.observed).toBe(run.observed);
    expect(await stateOf(itemId)).toBe("open");
  });

  it("gets its parameters by environment, as they were asked for", async () => {
    const itemId = await world.item('echo "tenant=$BLOCK_TENANT"');
    const { hosts } = await listHostPage(as("ada"), {});
    const local = hosts.find(({ name }) => name === "local");
    if (local?.content.kind !== "local") throw new Error("The console's own machine is a host.");
    const content = { ...local.content, environment: ["BLOCK_TENANT"] };
    const wanted = { name: "local", base: local.version, content };
    const { proposalId } = await proposeHost(as("olga"), { content: wanted, reason });
    expect(await refusalOf(world.agree(proposalId, world.people.olga))).toMatchObject({ code: "forbidden" });
    await world.agree(proposalId);
    await world.set(itemId, { parameters: [{ name: "BLOCK_TENANT", type: "word" }] });
    await world.attest(itemId);
    const run = await world.run(itemId, { BLOCK_TENANT: "acme" });
    expect(await world.lines(run.id)).toEqual(["tenant=acme"]);
  });

  it("is not stopped by a freeze, which is about changes", async () => {
    const itemId = await attested("echo frozen");
    await setFreeze(as("max"), { reason });
    expect(await world.run(itemId)).toMatchObject({ ending: "exited", exitCode: 0 });
  });

  it("that is cancelled ends, and shows nothing", async () => {
    const itemId = await attested("sleep 600");
    const runId = await world.ask(itemId);
    await world.until(async () => ((await world.row(runId)).state === "running" ? true : null));
    expect(await cancelRun(as("rita"), { runId })).toEqual({ isOver: false });
    expect(await world.finished(runId)).toMatchObject({
      ending: "cancelled",
      exitCode: null,
      observed: null,
    });
    expect(await refusalOf(recordResult(as("olga"), { runId, outcome: "passed", reason }))).toMatchObject({
      reason: "no_result",
    });
  });

  it("of a runner that stops is over without a result", async () => {
    const itemId = await attested("sleep 601");
    const runId = await world.ask(itemId);
    await world.until(async () => ((await world.row(runId)).state === "running" ? true : null));
    await withoutRunner(async () => {
      expect(await world.row(runId)).toMatchObject({ state: "finished", ending: "lost", observed: null });
    });
  });

  it("of a runner that died is over when the next one looks", async () => {
    const itemId = await attested("echo late");
    const runId = await withoutRunner(() => world.ask(itemId));
    const dead = randomUUID();
    const long = new Date(0);
    await world.db
      .insert(runner)
      .values({ id: dead, host: "gone", pid: 1, startedAt: long, heartbeatAt: long });
    await world.db
      .update(checkRun)
      .set({ state: "running", claimedBy: dead, startedAt: world.jobs.now })
      .where(eq(checkRun.id, runId));
    running = await world.start();
    expect(await world.finished(runId)).toMatchObject({ ending: "lost", lines: null });
  });
});

describe("right before the start", () => {
  it.each<[string, (itemId: string, runId: string) => Promise<unknown>, RegExp]>([
    ["the text is another", (itemId) => world.edit(itemId, "echo other"), /changed since it was asked for/],
    [
      "an attestation is withdrawn",
      async (itemId) => {
        const [first] = (await world.check(itemId)).attesters;
        await withdrawAttestation(as("max"), { attestationId: first?.id ?? "", reason });
      },
      /no longer do/,
    ],
    [
      "whoever asked may not any more",
      async () => {
        await setRoles(as("ada"), { personId: world.people.olga.personId, roles: ["auditor"] });
      },
      /Olga no longer has the right to run checks/,
    ],
    [
      "the item is taken out of its register",
      async (itemId) => {
        await world.db.update(item).set({ removedAt: world.jobs.now }).where(eq(item.id, itemId));
      },
      /not in its register/,
    ],
    [
      "it waited too long",
      async () => {
        world.jobs.advance(16 * 60_000);
      },
      /No runner took it in time/,
    ],
  ])("when %s, nothing is started", async (_what, change, says) => {
    const itemId = await attested(`echo ${randomUUID()}`);
    const runId = await withoutRunner(async () => {
      const asked = await world.ask(itemId);
      await change(itemId, asked);
      return asked;
    });
    running = await world.start();
    const run = await world.finished(runId);
    expect(run).toMatchObject({ ending: "refused", startedAt: null, exitCode: null });
    expect(run.says).toMatch(says);
    expect(await world.lines(runId)).toEqual([]);
    await setRoles(as("ada"), { personId: world.people.olga.personId, roles: ["operator"] });
  });
});

describe("a result", () => {
  it("with expectations is judged by the runner, each beside what was seen", async () => {
    const itemId = await attested(`echo '{"servers":[{"status":"ACTIVE"}]}'`);
    const status = { kind: "json" as const, path: "servers.0.status" };
    await world.set(itemId, {
      expectations: [
        { kind: "exit", code: 0 },
        { ...status, equals: "ACTIVE" },
        { kind: "matches", pattern: "ERROR", isFound: false },
      ],
    });
    const passed = await world.run(itemId);
    expect(passed.assertions?.map(({ holds }) => holds)).toEqual([true, true, true]);
    expect(await stateOf(itemId)).toBe("passed");
    await world.set(itemId, { expectations: [{ ...status, equals: "ERROR" }] });
    const failed = await world.run(itemId);
    expect(failed.assertions).toEqual([
      { expected: 'servers.0.status is "ERROR"', observed: '"ACTIVE"', holds: false },
    ]);
    expect(await stateOf(itemId)).toBe("failed");
    const results = await world.db.select().from(checkResult).where(eq(checkResult.itemId, itemId));
    expect(results.map(({ outcome, runId }) => [outcome, runId])).toEqual([
      ["passed", passed.id],
      ["failed", failed.id],
    ]);
    expect(
      await refusalOf(recordResult(as("max"), { runId: failed.id, outcome: "passed", reason })),
    ).toMatchObject({
      reason: "judged",
    });
  });

  it("of a pattern that would take for ever does not hold, and is there within seconds", async () => {
    const itemId = await attested(`printf 'a%.0s' {1..40}; echo '!'`);
    await world.set(itemId, { expectations: [{ kind: "matches", pattern: "^(a+)+$", isFound: true }] });
    const run = await world.run(itemId);
    expect(run.assertions?.[0]).toMatchObject({ observed: "the pattern took too long", holds: false });
    expect(await stateOf(itemId)).toBe("failed");
  });

  it("without expectations is a person's, with the newest run as evidence", async () => {
    const itemId = await attested("echo look");
    const first = await world.run(itemId);
    world.jobs.advance(1000);
    const second = await world.run(itemId);
    world.jobs.advance(1000);
    expect(
      await refusalOf(recordResult(as("max"), { runId: first.id, outcome: "passed", reason })),
    ).toMatchObject({
      reason: "stale",
    });
    expect(
      await refusalOf(recordResult(as("rita"), { runId: second.id, outcome: "passed", reason })),
    ).toMatchObject({
      reason: "role_missing",
    });
    await recordResult(as("max"), { runId: second.id, outcome: "passed", reason });
    expect(await stateOf(itemId)).toBe("passed");
  });

  it("older than it counts for is stale, and cannot be recorded any more", async () => {
    const itemId = await attested("echo old");
    const run = await world.run(itemId);
    expect((await world.check(itemId)).standing).toMatchObject({ isFresh: true, staleBecause: null });
    world.jobs.advance(8 * 24 * 3_600_000);
    const olga = await world.jobs.person("Olga later", "operator");
    const { standing } = await world.check(itemId, olga);
    expect(standing).toMatchObject({ isFresh: false, left: 0 });
    expect(standing.staleBecause).toMatch(/older than it counts for/);
    const again = recordResult(world.ctx(olga), { runId: run.id, outcome: "passed", reason });
    expect(await refusalOf(again)).toMatchObject({ reason: "not_fresh" });
    await signInAgain();
  });

  it("is stale when a job changed its target afterwards", async () => {
    const itemId = await attested("echo tenant");
    const tenantId = await world.jobs.tenant(world.people.olga);
    await world.set(itemId, { target: { kind: "tenant", tenantId } });
    await world.run(itemId);
    expect((await world.check(itemId)).standing.isFresh).toBe(true);
    world.jobs.advance(1000);
    const other = await world.jobs.tenant(world.people.olga);
    await world.jobs.pastJob({ tenantId: other, requestedBy: world.people.olga, stageKey: "1" }, "succeeded");
    expect((await world.check(itemId)).standing.isFresh).toBe(true);
    await world.jobs.pastJob({ tenantId, requestedBy: world.people.olga, stageKey: "1" }, "succeeded");
    const { standing } = await world.check(itemId);
    expect(standing).toMatchObject({ isFresh: false, left: 0 });
    expect(standing.staleBecause).toMatch(/changed after it ran/);
  });

  it("of another text than the check has now counts no more, and cannot be recorded", async () => {
    const script = `echo ${randomUUID()}`;
    const itemId = await attested(script);
    const run = await world.run(itemId);
    await recordResult(as("max"), { runId: run.id, outcome: "passed", reason });
    expect(await stateOf(itemId)).toBe("passed");
    await world.edit(itemId, `${script} changed`);
    expect((await world.check(itemId)).standing).toMatchObject({
      isFresh: false,
      left: 0,
      staleBecause: "The block, its host or its parameters changed after it ran.",
    });
    await world.until(async () => ((await stateOf(itemId)) === "stale" ? true : null));
    expect(
      await refusalOf(recordResult(as("max"), { runId: run.id, outcome: "passed", reason })),
    ).toMatchObject({
      reason: "not_fresh",
    });
    await world.edit(itemId, script);
    expect((await world.check(itemId)).standing.isFresh).toBe(true);
    expect(await stateOf(itemId)).toBe("stale");
    // What somebody attests afterwards is not of the run, and stays when the text is another once more.
    const { revision } = await getItem(world.db, itemId);
    const evidence = { kind: "attestation" as const, id: "Looked at it" };
    await attestCheck(as("max"), {
      itemId,
      seen: revision,
      outcome: "passed",
      evidence,
      reason,
      countsForDays: 3,
    });
    await world.edit(itemId, `${script} again`);
    expect((await world.check(itemId)).standing).toMatchObject({ isFresh: true, staleBecause: null });
  });

  it("another than the one whose risk was accepted ends the acceptance; the same does not", async () => {
    const path = `/tmp/countersign-check-${randomUUID()}`;
    const itemId = await attested(`cat ${path} 2>/dev/null || echo none`);
    await world.set(itemId, { expectations: [{ kind: "matches", pattern: "^two$", isFound: true }] });
    const run = await world.run(itemId);
    const { revision } = await getItem(world.db, itemId);
    await acceptRisk(as("max"), {
      itemId,
      seen: revision,
      ownerId: world.people.olga.personId,
      until: "2027-01-01",
      pinnedTo: run.observed,
      reason,
    });
    await world.run(itemId);
    expect(await stateOf(itemId)).toBe("risk_accepted");
    writeFileSync(path, "three\n");
    await world.run(itemId);
    rmSync(path);
    expect(await stateOf(itemId)).toBe("failed");
  });
});

describe("a check over SSH", () => {
  it("runs with a key that nobody but the runner has, on a host that two people agreed on", async () => {
    const { keyId } = await requestHostKey(as("olga"), { name: "bastion-key" });
    const publicKey = await world.madeKey(keyId);
    sshd.trust(publicKey);
    const content: HostContent = {
      kind: "ssh",
      aliases: ["mgmt VM"],
      denied: [],
      environment: [],
      isRetired: false,
      address: "127.0.0.1",
      port: sshd.port,
      user: sshd.user,
      hostKeys: [`127.0.0.1 ${sshd.hostKey} comment`],
      keyId,
    };
    const wanted = { name: "bastion", base: 0, content };
    const { proposalId } = await proposeHost(as("olga"), { content: wanted, reason });
    const itemId = await world.item("id -un; echo over ssh", "MGMT  vm");
    expect((await world.check(itemId)).obstacle).toMatch(/no host that is called/);
    await world.agree(proposalId);
    await world.attest(itemId);
    const run = await world.run(itemId);
    expect(run).toMatchObject({ ending: "exited", exitCode: 0, hostName: "bastion" });
    expect(run.identity).toBe(`${sshd.user}@127.0.0.1:${sshd.port}`);
    expect(await world.lines(run.id)).toEqual([sshd.user, "over ssh"]);
    // Another address is another block: what was attested for the old one is over.
    const moved = { name: "bastion", base: 1, content: { ...content, address: "localhost" } };
    await world.agree((await proposeHost(as("olga"), { content: moved, reason })).proposalId);
    expect((await world.check(itemId)).missing).toBe(2);
  });

  it("of which no private half stands anywhere in the database, unsealed", async () => {
    const [key] = await world.db.select().from(hostKey);
    expect(key?.sealed?.length).toBeGreaterThan(100);
    const stored = (await dumpDatabase(world.jobs.database)).map(({ row }) => row).join("\n");
    expect(stored).not.toMatch(/OPENSSH PRIVATE KEY|b3BlbnNzaC1rZXktdjE/);
    const opened = await world.db.select().from(auditEntry).where(eq(auditEntry.action, "secret.opened"));
    expect(opened.length).toBeGreaterThan(0);
  });

  it("a host without its own key, with a private one, or under a word that means another, is refused", async () => {
    const [key] = await world.db.select().from(hostKey);
    const base = {
      kind: "ssh" as const,
      aliases: ["Bastion"],
      denied: [],
      environment: [],
      isRetired: false,
      address: "10.0.0.1",
      port: 22,
      user: "ops",
      hostKeys: [sshd.hostKey],
      keyId: key?.id ?? "",
    };
    const ask = (change: object, name = "other") =>
      proposeHost(as("olga"), { content: { name, base: 0, content: { ...base, ...change } }, reason });
    expect(await refusalOf(ask({}))).toMatchObject({ reason: "name_taken" });
    expect(await refusalOf(ask({ aliases: [], keyId: randomUUID() }))).toMatchObject({ reason: "no_key" });
    for (const hostKeys of [
      [],
      ["-----BEGIN OPENSSH PRIVATE KEY-----"],
      ["@cert-authority * ssh-ed25519 AAAA"],
      ["x"],
    ]) {
      await expect(ask({ aliases: [], hostKeys })).rejects.toThrow();
    }
    for (const address of ["-oProxyCommand=id", "a b", "host;id", ""]) {
      await expect(ask({ aliases: [], address })).rejects.toThrow();
    }
    for (const user of ["-l", "root;id", "Root"]) await expect(ask({ aliases: [], user })).rejects.toThrow();
    await expect(ask({ aliases: [], environment: ["LD_PRELOAD"] })).rejects.toThrow();
    await expect(ask({ aliases: [] }, "local")).rejects.toThrow();
  });
});

it("without the switch there is no local host, and one that was there is retired", async () => {
  const itemId = await attested("echo off");
  await withoutRunner(async () => undefined);
  running = await world.start({ isLocalHostOn: false });
  expect((await world.check(itemId)).obstacle).toMatch(/no host that is called jumphost/);
  await withoutRunner(async () => undefined);
  running = await world.start();
  expect((await world.check(itemId)).obstacle).toBeNull();
});

/** After so long nobody's session is left. */
async function signInAgain(): Promise<void> {
  const { olga, otto, rita, max, ada } = world.people;
  const again = async (one: typeof olga) =>
    (await signInAs(world.jobs, { id: one.personId, name: one.name })).actor;
  Object.assign(world.people, {
    olga: await again(olga),
    otto: await again(otto),
    rita: await again(rita),
    max: await again(max),
    ada: await again(ada),
  });
}
