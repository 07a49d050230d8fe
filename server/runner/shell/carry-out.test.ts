import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { blockAttestation } from "#db/schema/check.ts";
import { evidence, job, journalEntry, outputLine } from "#db/schema/job.ts";
import { tenantValue } from "#db/schema/tenant.ts";
import { plannedShellSchema } from "#server/domain/shell/schema.ts";
import { listHosts } from "#server/services/host/rows.ts";
import { attestStep } from "#server/services/shell/attest.ts";
import { listShellSteps } from "#server/services/shell/stage.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { openSshd, type Sshd } from "#server/testing/sshd.ts";
import { addHosts, fenced, GATE, setHost, writeStage } from "#server/testing/shell-runbook.ts";
import { RunStopped } from "../endings.ts";
import { runJob } from "../executor.ts";
import { sealSecret } from "../vault.ts";

let bench: Bench;
let sshd: Sshd;
let tenantId = "";
let far = "";

beforeAll(async () => {
  bench = await openBench();
  sshd = await openSshd();
  await addHosts(bench, sshd, { denied: ["maas list"], environment: ["BLOCK_TENANT", "BLOCK_CIDR"] });
  far = sshd.user;
});
let tenants = 0;
beforeEach(async () => {
  tenants += 1;
  tenantId = await bench.addTenant(`acme-${tenants}`, `10.20.${tenants}.0/24`);
});
afterAll(async () => {
  await sshd.close();
  await bench.close();
});

const db = () => bench.database.db;
const linesOf = async (jobId: string) =>
  (await db().select().from(outputLine).where(eq(outputLine.jobId, jobId)).orderBy(asc(outputLine.seq))).map(
    ({ stream, text }) => `${stream}: ${text}`,
  );
const journalOf = async (jobId: string) =>
  (
    await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId)).orderBy(asc(journalEntry.seq))
  ).filter(({ callId }) => callId !== null);

/** A block of one step. */
function block(on: string, steps: string, kind = "run"): string {
  const account = on === "local" ? "runner" : far;
  const indented = steps
    .trim()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
  return (
    fenced(
      "block",
      `id: b-${on}\non: ${on}\nas: ${account}\nkind: ${kind}\nsteps:\n  - ${indented.trimStart()}`,
    ) + GATE
  );
}
const step = (script: string, more = "") =>
  `id: s\neffect: mutate\nrun: |\n${script
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}\n${more}`;
const reading = (script: string, more = "") => step(script, more).replace("effect: mutate\n", "");

async function run(body: string) {
  await writeStage(db(), tenantId, body);
  return bench.runStage(tenantId, "0");
}

describe.each(["local", "farhost"])("a RUN on %s", (on) => {
  it("goes through the gate, writes its attempt before and its outcome after, and keeps what it printed", async () => {
    const done = await run(
      block(
        on,
        step(
          'echo one; echo two >&2\necho \'{"node":{"name":"n1"}}\' >&2\necho release 6.10',
          'take: { release: { matches: "release (.*)" }, bad: { found: error } }\nexpect: [release is "6.10", bad is false]\nsave: { kernel_release: release }',
        ),
      ),
    );
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    expect(done.effect).toBe("mutate");
    const lines = await linesOf(done.id);
    expect(lines).toEqual(expect.arrayContaining(["stdout: one", "stderr: two", "stdout: release 6.10"]));
    expect(lines.join("\n")).not.toContain("countersign begins");
    expect((await journalOf(done.id)).map(({ kind, callId }) => [kind, callId])).toEqual([
      ["intent", "s.run"],
      ["outcome", "s.run"],
    ]);
    const [kept] = await db().select().from(evidence).where(eq(evidence.jobId, done.id));
    expect(kept?.values).toMatchObject({ exit: 0, release: "6.10", bad: false, ended: "exited" });
    const saved = await db().select().from(tenantValue).where(eq(tenantValue.tenantId, tenantId));
    expect(saved).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "kernel_release", value: "6.10" })]),
    );
  });

  it("is strict, and its environment is clean", async () => {
    const strict = await run(block(on, step("false | true\necho never")));
    expect(strict).toMatchObject({ state: "failed" });
    expect(strict.outcomeSays).toContain("exit is 0: expected 0, observed 1");
    expect((await linesOf(strict.id)).join()).not.toContain("stdout: never");
    const unset = await run(block(on, step('echo "$COUNTERSIGN_NOT_THERE"')));
    expect(unset.state).toBe("failed");
    const clean = await run(block(on, step("env")));
    const text = (await linesOf(clean.id)).join("\n");
    expect(text).not.toMatch(/DATABASE_URL|AUTH_SECRET|SEAL|NODE_OPTIONS|SSH_CONNECTION/);
  });

  it("is given typed values by environment, whatever is in them", async () => {
    const env =
      'env:\n  BLOCK_TENANT: { word: "{{ tenant.slug }}" }\n  BLOCK_CIDR: { cidr: "{{ inputs.cidr }}" }';
    await setEnvironment("local");
    const done = await run(block(on, step('printf "%s|%s\\n" "$BLOCK_TENANT" "$BLOCK_CIDR"', env)));
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    expect(await linesOf(done.id)).toContain(`stdout: acme-${tenants}|10.20.${tenants}.0/24`);
  });

  it("gets secrets as private files, and none is ever printed", async () => {
    await db().transaction((tx) =>
      sealSecret(tx, bench.parts.sealer, {
        tenantId,
        name: "svc_password",
        value: "a-very-secret-word-1",
        jobId: tenantId,
        at: new Date(),
      }),
    );
    const body = block(
      on,
      step(
        'f="$COUNTERSIGN_SECRETS/svc_password"\nstat -c %a "$f"\ncat "$f"; echo\nbase64 <"$f"',
        "secrets: [svc_password]",
      ),
    );
    await writeStage(db(), tenantId, body);
    const preview = await bench.preview(tenantId, "0");
    expect(JSON.stringify(preview.content)).not.toContain("a-very-secret");
    const [planned] = preview.content?.steps ?? [];
    expect(plannedShellSchema.parse(planned?.parameters).secrets["svc_password"]).toMatch(/^[0-9a-f]{16}$/);
    const done = await bench.runStage(tenantId, "0");
    const text = (await linesOf(done.id)).join("\n");
    expect(text).toContain("stdout: 600");
    expect(text).toMatch(/\[secret [0-9a-f]{4}/);
    expect(text).not.toContain("a-very-secret");
    expect(text).not.toContain(Buffer.from("a-very-secret-word-1").toString("base64").slice(0, 12));
  });

  it("leaves nothing behind when it is cancelled, and says what it was doing", async () => {
    await writeStage(
      db(),
      tenantId,
      block(on, step("echo begun; setsid sleep 4711 & nohup sleep 4712 & sleep 4713")),
    );
    const jobId = await bench.queue(await bench.preview(tenantId, "0"));
    const stop = new AbortController();
    const running = runJob(bench.parts, await bench.claim(), stop);
    await until(async () => (await linesOf(jobId)).includes("stdout: begun"));
    stop.abort(new RunStopped("cancelled"));
    await running;
    const done = await bench.getJob(jobId);
    expect(done).toMatchObject({ state: "cancelled" });
    expect(done.outcomeSays).toContain("what it had done by then stays");
    await until(async () => !(await processes()).some((line) => /sleep 471[123]/.test(line)));
  });
});

describe("what cannot be known", () => {
  it("a connection that breaks while the block runs leaves its outcome unknown, and nothing runs again", async () => {
    await writeStage(db(), tenantId, block("farhost", step("echo begun $(ps -o ppid= -p $PPID); sleep 600")));
    const jobId = await bench.queue(await bench.preview(tenantId, "0"));
    const running = runJob(bench.parts, await bench.claim(), new AbortController());
    const connection = await found(async () => {
      const begun = (await linesOf(jobId)).map((line) => /^stdout: begun +(\d+)$/.exec(line)?.[1]);
      return begun.find((pid) => pid !== undefined);
    });
    process.kill(Number(connection), "SIGKILL");
    await running;
    const done = await bench.getJob(jobId);
    expect(done.state, done.outcomeSays ?? "").toBe("outcome_unknown");
    expect((await journalOf(jobId)).map(({ kind }) => kind)).toEqual(["intent", "probed"]);
    await settle(jobId);
  });

  it("a host that does not answer has begun nothing, for certain", async () => {
    const [known] = (await listHosts(db())).filter(({ name }) => name === "far");
    if (known?.content.kind !== "ssh") throw new Error("The test has a host far.");
    await setHost(bench, "dead", { ...known.content, aliases: [], port: 1 });
    const done = await run(block("dead", step("echo never")).replace("b-dead", "b-x"));
    expect(done).toMatchObject({ state: "failed" });
    expect(done.outcomeSays).toContain("was not started on dead");
  });

  it("a runner that is killed leaves an intent: the next one does not run the block again", async () => {
    await writeStage(db(), tenantId, block("local", step("echo begun")));
    const jobId = await bench.queue(await bench.preview(tenantId, "0"));
    const held = await bench.claim();
    const gone = await bench.otherParts({
      boundary: (point) =>
        point === "before send" ? Promise.reject(new Error("killed")) : Promise.resolve(),
    });
    await runJob({ ...gone, runnerId: bench.parts.runnerId }, held, new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "outcome_unknown" });
    expect((await linesOf(jobId)).join()).not.toContain("begun\n");
    await settle(jobId);
  });
});

describe("a CHECK", () => {
  const CHECK = () =>
    block(
      "farhost",
      reading("cat /proc/sys/kernel/ostype", 'take: { os: { matches: "^(.+)$" } }\nexpect: [os is "Linux"]'),
      "check",
    );

  it("that two people do not attest counts as what nobody knows", async () => {
    await writeStage(db(), tenantId, CHECK());
    const preview = await bench.preview(tenantId, "0");
    expect(preview.effect).toBe("destroy");
    expect(preview.content?.steps[0]?.calls).toHaveLength(1);
    expect(preview.content?.steps[0]?.words.says).toContain("0 of 2 people attest");
  });

  it("runs without approval while two people attest exactly it, and no longer than that", async () => {
    await writeStage(db(), tenantId, CHECK());
    const digest = await attest();
    const preview = await bench.preview(tenantId, "0");
    expect(preview.effect).toBe("read");
    const done = await bench.runStage(tenantId, "0");
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    await writeStage(db(), tenantId, CHECK().replace("ostype", "ostype #"));
    expect((await bench.preview(tenantId, "0")).effect).toBe("destroy");
    await writeStage(db(), tenantId, CHECK());
    const jobId = await bench.queue(await bench.preview(tenantId, "0"));
    await db()
      .update(blockAttestation)
      .set({ withdrawnAt: new Date(), withdrawnBy: bench.operator.personId, withdrawnReason: "No" })
      .where(eq(blockAttestation.digest, digest));
    await runJob(bench.parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "refused" });
    expect((await linesOf(jobId)).join()).not.toContain("stdout: Linux");
  });
});

describe("what cannot even be planned", () => {
  it.each([
    [
      "a command that the host denies",
      () => block("farhost", step("maas   list")),
      'no block may hold "maas list"',
    ],
    [
      "another account than the host's",
      () => block("farhost", step("true")).replace(`as: ${far}`, "as: nobody"),
      "signs in on far as",
    ],
    [
      "a host that nobody knows",
      () => block("nowhere", step("true")),
      "knows no host that is called nowhere",
    ],
    [
      "a value of another type",
      () => block("farhost", step("true", 'env: { BLOCK_TENANT: { integer: "{{ tenant.slug }}" } }')),
      "has to be a whole number",
    ],
    [
      "a name that the host does not allow",
      () => block("farhost", step("true", "env: { BLOCK_OTHER: { word: a } }")),
      "does not let a block be given BLOCK_OTHER",
    ],
    [
      "a secret that is not there",
      () => block("farhost", step("true", "secrets: [app_cred_secret]")),
      "there is no sealed app_cred_secret",
    ],
  ])("%s", async (_what, body, says) => {
    await writeStage(db(), tenantId, body());
    const preview = await bench.preview(tenantId, "0");
    expect(preview).toMatchObject({ state: "blocked" });
    expect(preview.says).toContain(says);
  });

  it("a host that changes after the approval: nothing is started", async () => {
    await writeStage(db(), tenantId, block("farhost", step("echo never")));
    const jobId = await bench.queue(await bench.preview(tenantId, "0"));
    const [known] = (await listHosts(db())).filter(({ name }) => name === "far");
    if (known === undefined) throw new Error("The test has a host far.");
    const { content } = known;
    await setHost(bench, "far", { ...content, environment: [...content.environment, "BLOCK_NEW"] });
    await runJob(bench.parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "refused" });
    expect((await linesOf(jobId)).join()).not.toContain("stdout: never");
  });
});

async function setEnvironment(name: string): Promise<void> {
  const [known] = (await listHosts(db())).filter((one) => one.name === name);
  if (known === undefined) throw new Error("The test has this host.");
  await setHost(bench, name, { ...known.content, environment: ["BLOCK_TENANT", "BLOCK_CIDR"] });
}

async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  let last: T | undefined;
  await until(async () => {
    last = await look();
    return last !== undefined;
  });
  if (last === undefined) throw new Error("It was not found.");
  return last;
}

/** Throws with what the jobs wrote so far where it does not come. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`It did not happen.\n${await writtenSoFar()}`);
    await bench.parts.wait(20);
  }
}

async function writtenSoFar(): Promise<string> {
  const jobs = await db().select().from(job).where(eq(job.tenantId, tenantId));
  const told = jobs.map(async ({ id, state, outcomeSays }) =>
    [`${id} ${state} ${outcomeSays ?? ""}`, ...(await linesOf(id))].join("\n"),
  );
  return [...(await Promise.all(told)), sshd.log().split("\n").slice(-20).join("\n")].join("\n");
}

async function processes(): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid,args"]);
  return stdout.split("\n");
}

/** What two people would have said about it. */
async function settle(jobId: string): Promise<void> {
  await db().update(job).set({ resolvedAt: new Date(), resolution: "partly" }).where(eq(job.id, jobId));
}

/** Two people say that the stage's CHECK only reads. */
async function attest(): Promise<string> {
  const stage = { tenantId, stageKey: "0" };
  const ctx = (actor: typeof bench.operator) => ({ db: db(), actor, clock: bench.parts.now });
  const [shown] = await listShellSteps(ctx(bench.operator), stage);
  const digest = shown?.digest ?? "";
  for (const actor of [bench.operator, bench.reviewer]) {
    await attestStep(ctx(actor), { ...stage, stepId: "s", digest, reason: "It only reads" });
  }
  return digest;
}
