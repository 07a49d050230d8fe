import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { blockAttestation, checkRun, hostKey } from "#db/schema/check.ts";
import { DEFAULT_SETTINGS } from "#server/domain/check/schema.ts";
import { attestBlock } from "#server/services/attestation/attest.ts";
import { withdrawAttestation } from "#server/services/attestation/withdraw.ts";
import { cancelRun } from "#server/services/check/cancel.ts";
import { recordResult } from "#server/services/check/record.ts";
import { runCheck } from "#server/services/check/run.ts";
import { setCheck } from "#server/services/check/set.ts";
import { requestHostKey } from "#server/services/host/request-key.ts";
import { proposeHost } from "#server/services/host/set.ts";
import { attestStep } from "#server/services/shell/attest.ts";
import { listShellSteps } from "#server/services/shell/stage.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { type Acts, type ActWorld, REASON } from "./world.ts";

/** Acts on checks and hosts, by the path of their procedure. */
export const CHECK_ACTS: Acts = {
  "checks.attest": async ({ checks, jobs, operator }) => {
    const itemId = await newItem(checks);
    const digest = await checks.digest(itemId);
    return () => attestBlock(jobs.ctx(operator), { itemId, digest, reason: REASON });
  },
  "checks.withdraw": async ({ checks, jobs, manager }) => {
    const digest = await checks.attest(await newItem(checks), checks.people.otto);
    const [row] = await jobs.db.select().from(blockAttestation).where(eq(blockAttestation.digest, digest));
    const input = { attestationId: row?.id ?? "", reason: REASON };
    return () => withdrawAttestation(jobs.ctx(manager), input);
  },
  "checks.run": async ({ checks, jobs, operator }) => {
    const itemId = await newItem(checks);
    const digest = await checks.attest(itemId);
    return () => runCheck(jobs.ctx(operator), { itemId, digest, parameters: {} });
  },
  "checks.cancel": async (given) => {
    const runId = await askedRun(given);
    return () => cancelRun(given.jobs.ctx(given.operator), { runId });
  },
  "checks.record": async (given) => {
    const { jobs, operator } = given;
    const runId = await askedRun(given);
    // What the runner leaves behind.
    const ended = { state: "finished", ending: "exited", exitCode: 0, observed: "a".repeat(64) } as const;
    const times = { claimedBy: randomUUID(), startedAt: jobs.now, finishedAt: jobs.now };
    await jobs.db
      .update(checkRun)
      .set({ ...ended, ...times })
      .where(eq(checkRun.id, runId));
    return () => recordResult(jobs.ctx(operator), { runId, outcome: "passed", reason: REASON });
  },
  "checks.set": async ({ checks, jobs, operator }) => {
    const itemId = await newItem(checks);
    const settings = { ...DEFAULT_SETTINGS, timeSeconds: 20 };
    return () => setCheck(jobs.ctx(operator), { itemId, base: 0, settings, reason: REASON });
  },
  "shell.attest": async ({ checks, jobs, operator }) => {
    const tenantId = await jobs.tenant(operator);
    const block = "id: b\non: shelly\nas: runner\nkind: check\nsteps:\n  - { id: s, run: date }";
    await writeStage(jobs.db, tenantId, fenced("block", block) + GATE);
    const content = { kind: "local", aliases: [], denied: [], environment: [], isRetired: false } as const;
    await checks.host("shelly", { ...content, aliases: [], denied: [], environment: [] });
    const stage = { tenantId, stageKey: "0" };
    const [step] = await listShellSteps(jobs.ctx(operator), stage);
    const digest = step?.digest ?? "";
    return () => attestStep(jobs.ctx(operator), { ...stage, stepId: "s", digest, reason: REASON });
  },
  "hosts.requestKey":
    async ({ jobs, operator }) =>
    () =>
      requestHostKey(jobs.ctx(operator), { name: "broker" }),
  "hosts.propose": async ({ keys, jobs, operator }) => {
    const { keyId } = await requestHostKey(jobs.ctx(operator), { name: "storage" });
    const lines = [await keys.make(), await keys.make()].map(({ publicLine }) => {
      const [type = "", blob = ""] = publicLine.split(" ");
      return `${type} ${blob}`;
    });
    const [own = "", theirs = ""] = lines;
    const made = { publicKey: own, sealed: Buffer.alloc(1), madeAt: jobs.now };
    await jobs.db.update(hostKey).set(made).where(eq(hostKey.id, keyId));
    const rest = { aliases: [], denied: [], environment: [], isRetired: false, hostKeys: [theirs], keyId };
    const place = { kind: "ssh" as const, address: "broker.example.org", port: 22, user: "audit" };
    const content = { name: "broker", base: 0, content: { ...place, ...rest } };
    return () => proposeHost(jobs.ctx(operator), { content, reason: REASON });
  },
};

/** A check whose text no other act attests. */
const newItem = (checks: ActWorld["checks"]) => checks.item(`echo ${randomUUID()}`);

async function askedRun({ checks, jobs, operator }: ActWorld): Promise<string> {
  const itemId = await newItem(checks);
  const digest = await checks.attest(itemId);
  return (await runCheck(jobs.ctx(operator), { itemId, digest, parameters: {} })).runId;
}
