import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cloud } from "#db/schema/cloud.ts";
import { job, journalEntry } from "#db/schema/job.ts";
import { operation } from "#db/schema/signing.ts";
import { parseOperation } from "#server/domain/signed-operation/envelope.ts";
import { initialHypervisorState } from "#server/sandbox/hypervisor/state.ts";
import { addHost } from "#server/services/guest/add-host.ts";
import { readFleet } from "#server/services/guest/read.ts";
import { saveDesired } from "#server/services/guest/save.ts";
import { signJob } from "#server/services/job/sign.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import type { Boundary } from "./boundaries.ts";
import { claimJob } from "./claim.ts";
import { RunStopped } from "./endings.ts";
import { runJob } from "./executor.ts";
import { recoverJobs } from "./recovery.ts";

let bench: Bench;
let keys: SigningKeys;
let key: SigningKey;
let hostId: string;
let generation = 0;
/** Everything that changes the hypervisor, in the order in which it came. */
let sent: string[] = [];

beforeAll(async () => {
  keys = await openSigningKeys();
  bench = await openBench({
    hasHypervisor: true,
    seen: ({ service, method, path }) => {
      if (service === "hypervisor" && method !== "GET") sent.push(`${method} ${path}`);
    },
  });
  key = await keys.make();
  await enrol(db(), { line: key.publicLine, personId: bench.reviewer.personId, at: bench.parts.now() });
  const [row] = await db().select().from(cloud).where(eq(cloud.name, "embedded-hypervisor"));
  expect(row).toMatchObject({ kind: "hypervisor", state: "reachable" });
  hostId = (await addHost(as(), { cloudId: row?.id ?? "", node: "pve1" })).tenantId;
}, 60_000);
afterAll(async () => {
  await bench.close();
  await keys.close();
});
beforeEach(() => {
  const { tokenSecret } = bench.cloud.world.hypervisor;
  bench.cloud.world.hypervisor = { ...initialHypervisorState(), tokenSecret, taskMs: 100 };
  bench.cloud.faults.clear();
  sent = [];
});

const db = () => bench.database.db;
const as = (actor = bench.operator) => ({ db: db(), actor, clock: bench.parts.now });
const guestOf = (vmid: number) => bench.cloud.world.hypervisor.guests.find((guest) => guest.vmid === vmid);
const QEMU = "/nodes/pve1/qemu";

async function want(document: object): Promise<void> {
  const given = {
    tenantId: hostId,
    seenGeneration: generation,
    document: JSON.stringify(document),
    reason: "As agreed",
  };
  generation = (await saveDesired(as(), given)).generation;
}

async function queue(stage: string): Promise<string> {
  return bench.queue(await bench.preview(hostId, stage));
}

async function run(jobId: string) {
  await runJob(bench.parts, await bench.claim(), new AbortController());
  return bench.getJob(jobId);
}

async function sign(jobId: string) {
  const [row] = await db()
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt));
  const message = row?.message ?? "";
  await signJob(as(bench.reviewer), { jobId, armored: await key.sign(message), operation: null });
  return parseOperation(Buffer.from(message, "utf8"));
}

describe("bringing guests to where they are wanted", () => {
  it("plans, waits for a second person, changes each guest in order and plans nothing more", async () => {
    await want({
      guests: [
        {
          vmid: 101,
          run_state: "stopped",
          memory_bytes: 3 * 1024 ** 3 + 5,
          description: "Front\ndoor",
          tags: ["Web", "blue"],
        },
        { vmid: 102, cores: 4, onboot: false },
        { vmid: 103, run_state: "running" },
        { vmid: 777, run_state: "running" },
      ],
    });
    const preview = await bench.preview(hostId, "G1");
    expect(preview).toMatchObject({ state: "ready", effect: "mutate" });
    expect(preview.content?.steps[0]?.words.says).toContain("Wanted and not there, so not touched: 777.");
    const jobId = await bench.ask(preview);
    expect(await claimJob(bench.parts)).toBeNull();
    expect(sent).toEqual([]);
    await db().update(job).set({ state: "withdrawn" }).where(eq(job.id, jobId));

    expect(await run(await queue("G1"))).toMatchObject({ state: "succeeded" });
    const of = (vmid: number) => sent.filter((call) => call.includes(`/${vmid}/`));
    expect(of(101)).toEqual([`POST ${QEMU}/101/status/shutdown`, `PUT ${QEMU}/101/config`]);
    expect(of(102)).toEqual(["PUT /nodes/pve1/lxc/102/config"]);
    expect(of(103)).toEqual([`POST ${QEMU}/103/status/start`]);
    expect(sent).toHaveLength(4);
    expect(guestOf(101)).toMatchObject({ status: "stopped", config: { memory: "3072", tags: "blue;web" } });
    expect(guestOf(104)).toMatchObject({ status: "stopped" });
    expect(await bench.preview(hostId, "G1")).toMatchObject({ state: "ready", effect: "read" });
  });

  it("has the lanes of different guests beside each other, and each guest's own in its order", async () => {
    bench.cloud.world.hypervisor.taskMs = 700;
    await want({
      guests: [
        { vmid: 101, run_state: "stopped", cores: 3 },
        { vmid: 103, run_state: "running", cores: 3 },
        { vmid: 104, run_state: "running", cores: 3 },
      ],
    });
    const jobId = await queue("G1");
    expect(await run(jobId)).toMatchObject({ state: "succeeded" });
    const entries = await db()
      .select()
      .from(journalEntry)
      .where(eq(journalEntry.jobId, jobId))
      .orderBy(journalEntry.seq);
    const at = (kind: string, call: string) =>
      entries.findIndex((entry) => entry.kind === kind && entry.callId === `converge.${call}`);
    for (const vmid of [103, 104]) {
      expect(at("outcome", `set_config_${vmid}`)).toBeLessThan(at("intent", `start_${vmid}`));
      expect(at("intent", `start_${vmid}`)).toBeLessThan(at("outcome", "stop_101"));
    }
    expect(at("outcome", "stop_101")).toBeLessThan(at("intent", "set_config_101"));
  });

  it("begins nothing more in any lane when one of them fails, and lets what is under way come to its end", async () => {
    await want({
      guests: [
        { vmid: 101, run_state: "stopped" },
        { vmid: 103, run_state: "running", cores: 3 },
      ],
    });
    const jobId = await queue("G1");
    const match = { service: "hypervisor", method: "PUT", pathPrefix: `${QEMU}/103/config` } as const;
    bench.cloud.faults.add({ match, times: 1, effect: "http500" });
    const ended = await run(jobId);
    expect(["failed", "outcome_unknown"]).toContain(ended.state);
    expect(sent).not.toContain(`POST ${QEMU}/103/status/start`);
    expect(guestOf(101)).toMatchObject({ status: "stopped" });
    await db().update(job).set({ resolvedAt: new Date(), resolution: "happened" }).where(eq(job.id, jobId));
  });

  it("sends nothing when a guest changed after it was approved", async () => {
    await want({ guests: [{ vmid: 101, cores: 8 }] });
    const jobId = await queue("G1");
    Object.assign(guestOf(101)?.config ?? {}, { cores: "3" });
    expect(await run(jobId)).toMatchObject({ state: "refused" });
    expect(sent).toEqual([]);
  });

  it("stops at a task that fails, and says what the hypervisor said", async () => {
    await want({ guests: [{ vmid: 103, run_state: "running" }] });
    const jobId = await queue("G1");
    bench.cloud.faults.add({
      match: { service: "hypervisor", method: "POST" },
      times: 1,
      effect: "task_fails",
    });
    expect(await run(jobId)).toMatchObject({
      state: "failed",
      outcomeSays: expect.stringContaining("exit code 1"),
    });
    expect(sent).toHaveLength(1);
  });

  it("finds the task of a call whose answer was lost, and sees that one never arrived", async () => {
    await want({ guests: [{ vmid: 103, run_state: "running" }] });
    const match = { service: "hypervisor", method: "POST" } as const;
    const lost = await queue("G1");
    bench.cloud.faults.add({ match, times: 1, effect: "cut_after" });
    expect(await run(lost)).toMatchObject({ state: "succeeded" });
    expect(sent).toHaveLength(1);
    Object.assign(guestOf(103) ?? {}, { status: "stopped" });
    const never = await queue("G1");
    bench.cloud.faults.add({ match, times: 1, effect: "cut_before" });
    expect(await run(never)).toMatchObject({
      state: "failed",
      outcomeSays: expect.stringContaining("never begun"),
    });
    expect(sent).toHaveLength(1);
  });
});

describe("a runner that is killed while a task runs", () => {
  /** A runner dies at this point of the job; another one takes it over. */
  async function killedAt(point: Boundary, jobId: string) {
    const stop = new AbortController();
    const dying = await bench.otherParts({
      boundary: (at) => {
        if (at === point) stop.abort(new RunStopped("lease_lost"));
        return at === point ? Promise.reject(stop.signal.reason) : Promise.resolve();
      },
    });
    await runJob(dying, await bench.claim(dying), stop);
    expect(await bench.getJob(jobId)).toMatchObject({ state: "running" });
    await bench.database.sql`update lease set expires_at = now() - interval '1 second'`;
    const [held] = await recoverJobs(bench.parts, 1);
    if (held === undefined) throw new Error("Nothing was taken over.");
    await runJob(bench.parts, held, new AbortController());
    const entries = await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId));
    return { state: (await bench.getJob(jobId)).state, tasks: entries.filter(({ kind }) => kind === "task") };
  }

  const points: [Boundary, string, number][] = [
    ["before send", "failed", 0],
    ["after send", "succeeded", 1],
    ["after task", "succeeded", 1],
  ];

  it.each(points)(
    "%s: another one reads the real outcome, which is %s, and sends nothing twice",
    async (...[point, state, calls]) => {
      await want({ guests: [{ vmid: 103, run_state: "running" }] });
      const ended = await killedAt(point, await queue("G1"));
      expect(ended.state).toBe(state);
      expect(ended.tasks).toHaveLength(calls);
      expect(sent).toHaveLength(calls);
    },
  );

  it.each(points)(
    "%s of what was signed: the outcome is %s, and a guest is destroyed at most once",
    async (...[point, state, calls]) => {
      await want({ guests: [], intents: [{ op: "guest_destroy", vmid: 104 }] });
      const jobId = await queue("G2");
      await sign(jobId);
      const ended = await killedAt(point, jobId);
      expect(ended.state).toBe(state);
      expect(sent).toEqual(calls === 0 ? [] : [`DELETE ${QEMU}/104`]);
      expect(guestOf(104) === undefined).toBe(calls === 1);
      expect(await claimJob(bench.parts)).toBeNull();
    },
  );

  it("leaves it to two people when nobody can know", async () => {
    await want({ guests: [{ vmid: 103, run_state: "running" }] });
    const jobId = await queue("G1");
    bench.cloud.faults.add({
      match: { service: "hypervisor", method: "POST" },
      times: 1,
      effect: "cut_after",
    });
    bench.cloud.faults.add({
      match: { service: "hypervisor", pathPrefix: "/nodes/pve1/tasks" },
      times: 99,
      effect: "http500",
    });
    expect(await run(jobId)).toMatchObject({ state: "outcome_unknown" });
    await db().update(job).set({ resolvedAt: new Date(), resolution: "happened" }).where(eq(job.id, jobId));
  });
});

describe("what destroys", () => {
  it("waits for a signature over exactly this guest, whatever the document claims, and runs once", async () => {
    await want({ guests: [], intents: [{ op: "guest_destroy", vmid: 104, scratch: true }] });
    const preview = await bench.preview(hostId, "G2");
    expect(preview).toMatchObject({ state: "ready", effect: "destroy" });
    expect(preview.content?.steps[0]?.words.says).toContain(
      "(scratch): that came from outside and is ignored",
    );
    const jobId = await bench.queue(preview);
    expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_signature" });
    expect(await claimJob(bench.parts)).toBeNull();
    expect(sent).toEqual([]);
    expect(await sign(jobId)).toMatchObject({ op: "guest_destroy", target: { guest_id: "pve1/104" } });
    expect(await run(jobId)).toMatchObject({ state: "succeeded" });
    expect(sent).toEqual([`DELETE ${QEMU}/104`]);
    expect(guestOf(104)).toBeUndefined();
    expect(await bench.preview(hostId, "G2")).toMatchObject({ state: "ready", effect: "read" });
    const { hosts } = await readFleet(as(), {});
    expect(hosts).toMatchObject([{ intents: 0 }]);
  });

  it("does not destroy another guest that took the number after the signature", async () => {
    await want({ guests: [], intents: [{ op: "guest_destroy", vmid: 104 }] });
    const jobId = await queue("G2");
    await sign(jobId);
    Object.assign(guestOf(104)?.config ?? {}, { meta: "creation-qemu=9.0.2,ctime=1800000000" });
    expect(await run(jobId)).toMatchObject({ state: "refused" });
    expect(sent).toEqual([]);
  });

  it("overwrites a guest by a backup only when it is signed, and shuts it down first", async () => {
    const archive = "local:backup/vzdump-qemu-104-2026_01_01-00_00_00.vma.zst";
    Object.assign(guestOf(104) ?? {}, { status: "running" });
    await want({ guests: [], intents: [{ op: "restore_overwrite", vmid: 104, params: { archive } }] });
    const jobId = await queue("G2");
    expect(await sign(jobId)).toMatchObject({ op: "restore_overwrite", target: { guest_id: "pve1/104" } });
    expect(await run(jobId)).toMatchObject({ state: "succeeded" });
    expect(sent).toEqual([`POST ${QEMU}/104/status/shutdown`, `POST ${QEMU}`]);
    expect(await bench.preview(hostId, "G2")).toMatchObject({ effect: "read" });
  });

  it("wipes the one disk that was signed for, and leaves the guest and its other disk", async () => {
    await want({ guests: [], intents: [{ op: "storage_wipe", vmid: 104, params: { disk: "scsi1" } }] });
    const jobId = await queue("G2");
    expect(await sign(jobId)).toMatchObject({
      op: "storage_wipe",
      target: { guest_id: "pve1/104" },
      params: { volume: "local-lvm:vm-104-disk-1" },
    });
    expect(await run(jobId)).toMatchObject({ state: "succeeded" });
    expect(sent).toEqual([`PUT ${QEMU}/104/config`, `PUT ${QEMU}/104/config`]);
    const left = bench.cloud.world.hypervisor.volumes.map(({ volid }) => volid);
    expect(left).toContain("local-lvm:vm-104-disk-0");
    expect(left).not.toContain("local-lvm:vm-104-disk-1");
    expect(guestOf(104)?.config).not.toHaveProperty("unused0");
  });

  it("looks a wipe up whose answer was lost, by the disk that is not there any more", async () => {
    await want({ guests: [], intents: [{ op: "storage_wipe", vmid: 104, params: { disk: "scsi1" } }] });
    const jobId = await queue("G2");
    await sign(jobId);
    const match = { service: "hypervisor", method: "PUT" } as const;
    bench.cloud.faults.add({ match, times: 2, effect: "cut_after" });
    expect(await run(jobId)).toMatchObject({ state: "succeeded" });
    expect(sent).toHaveLength(2);
  });

  it.each<[string, object, string]>([
    ["a class that nobody knows", { op: "frobnicate", vmid: 104 }, "pending_signature"],
    ["a whole host where one guest is named", { op: "decommission", vmid: 104 }, "about the whole host"],
    ["one guest where none is named", { op: "storage_wipe" }, "about one guest"],
    ["a wipe of no disk", { op: "storage_wipe", vmid: 104 }, "It has: scsi0, scsi1"],
    [
      "a wipe of a setting",
      { op: "storage_wipe", vmid: 104, params: { disk: "memory" } },
      'names "memory" as params.disk',
    ],
    [
      "a wipe of what every object has",
      { op: "storage_wipe", vmid: 104, params: { disk: "constructor" } },
      "params.disk",
    ],
    ["a guest that is not there", { op: "guest_destroy", vmid: 999 }, "no guest 999"],
    ["a restore from nothing", { op: "restore_overwrite", vmid: 104 }, "params.archive"],
    [
      "a restore from beside",
      { op: "restore_overwrite", vmid: 104, params: { archive: "../../x y" } },
      "params.archive",
    ],
  ])("has no plan for %s", async (_what, intent, says) => {
    await want({ guests: [], intents: [intent] });
    const preview = await bench.preview(hostId, "G2");
    expect(preview.state).toBe("blocked");
    expect(preview.says).toContain(says);
  });
});

describe("saving a desired state", () => {
  it.each<[string, object, string]>([
    ["no JSON", { document: "{" }, "no JSON"],
    ["a list", { document: "[]" }, "is an object"],
    ["a list that stands there twice", { document: '{"guests":[],"guests":[{"vmid":101}]}' }, "guests twice"],
    ["another host", { document: '{"host_id":"pve9","guests":[]}' }, "host_id: is pve9"],
    ["a wrong field", { document: '{"guests":[{"vmid":101,"cores":0}]}' }, "guests[0].cores: is at least 1"],
    ["a generation that is no more", { seenGeneration: 0, document: '{"guests":[]}' }, "meanwhile"],
  ])("refuses %s, and keeps the present one", async (_what, over, says) => {
    const given = {
      tenantId: hostId,
      seenGeneration: generation,
      document: "",
      reason: "As agreed",
      ...over,
    };
    await expect(saveDesired(as(), given)).rejects.toThrow(says);
    await expect(saveDesired(as(bench.reviewer), given)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("scratch", () => {
  const scratch = { op: "create", vmid: 900, params: { cores: 2 } };
  const destroy = { op: "guest_destroy", vmid: 900 };

  async function make(): Promise<void> {
    await want({ guests: [], intents: [scratch] });
    const preview = await bench.preview(hostId, "G3");
    expect(preview).toMatchObject({ state: "ready", effect: "mutate" });
    expect(await run(await bench.queue(preview))).toMatchObject({ state: "succeeded" });
    expect(guestOf(900)).toMatchObject({ config: { cores: "2" } });
    sent = [];
  }

  it("is made by the console and ended by it without a signature, and the number is nobody's afterwards", async () => {
    await make();
    await want({ guests: [], intents: [destroy] });
    const preview = await bench.preview(hostId, "G3");
    expect(preview).toMatchObject({ state: "ready", effect: "mutate" });
    expect(preview.content?.steps[0]?.words.says).toContain("as its journal shows");
    expect(await run(await bench.queue(preview))).toMatchObject({ state: "succeeded" });
    expect(sent).toEqual([`DELETE ${QEMU}/900`]);
    expect(guestOf(900)).toBeUndefined();
  });

  it.each<[string, (guest: NonNullable<ReturnType<typeof guestOf>>) => void]>([
    [
      "made again under its number",
      ({ config }) => (config["meta"] = "creation-qemu=9.0.2,ctime=1800000000"),
    ],
    ["with another id", ({ config }) => (config["smbios1"] = "uuid=00000000-0000-4000-8000-000000000000")],
    ["without a mark of its creation", ({ config }) => void delete config["meta"]],
  ])("that was %s since takes a signature", async (_what, change) => {
    await make();
    const guest = guestOf(900);
    if (guest === undefined) throw new Error("There is no guest 900.");
    change(guest);
    await want({ guests: [], intents: [destroy] });
    const preview = await bench.preview(hostId, "G3");
    expect(preview.state).toBe("blocked");
    expect(preview.says).toContain("does not show that it made exactly this guest 900");
    expect(await bench.preview(hostId, "G2")).toMatchObject({ state: "ready", effect: "destroy" });
  });

  it("is what the journal says, and no tag, description or document", async () => {
    Object.assign(guestOf(104)?.config ?? {}, {
      tags: "scratch",
      smbios1: "uuid=00000000-0000-4000-8000-000000000000",
    });
    await want({
      guests: [],
      intents: [{ op: "guest_destroy", vmid: 104, scratch: true, provenance: { created: "pve1/104" } }],
    });
    expect(await bench.preview(hostId, "G3")).toMatchObject({ state: "blocked" });
  });

  it.each<[string, object, string]>([
    ["under a number that is taken", { op: "create", vmid: 104 }, "guest 104 on pve1 already"],
    [
      "with what nobody knows",
      { op: "create", vmid: 901, params: { scsi0: "x" } },
      "params.scsi0 is no field",
    ],
    [
      "without memory",
      { op: "create", vmid: 901, params: { memory_mib: 1 } },
      "params.memory_mib is at least 16",
    ],
    ["of no number", { op: "create" }, "create of the host"],
    ["by another class", { op: "start", vmid: 104 }, "start of guest 104"],
  ])("is not made %s", async (_what, intent, says) => {
    await want({ guests: [], intents: [intent] });
    const preview = await bench.preview(hostId, "G3");
    expect(preview.state).toBe("blocked");
    expect(preview.says).toContain(says);
    expect(sent).toEqual([]);
  });
});

describe("giving a host up", () => {
  it("destroys every guest under one signature, and nothing is planned there any more", async () => {
    await want({ guests: [{ vmid: 101, cores: 8 }], intents: [{ op: "decommission" }] });
    const preview = await bench.preview(hostId, "G2");
    expect(preview).toMatchObject({ state: "ready", effect: "destroy" });
    const jobId = await bench.queue(preview);
    expect(await claimJob(bench.parts)).toBeNull();
    expect(await sign(jobId)).toMatchObject({ op: "decommission", target: { guest_id: "pve1" } });
    expect(await run(jobId)).toMatchObject({ state: "succeeded" });
    expect(sent.filter((call) => call.startsWith("DELETE"))).toEqual([
      `DELETE ${QEMU}/101`,
      "DELETE /nodes/pve1/lxc/102",
      `DELETE ${QEMU}/103`,
      `DELETE ${QEMU}/104`,
    ]);
    expect(bench.cloud.world.hypervisor.guests).toEqual([]);
    for (const stage of ["G1", "G2"]) {
      expect(await bench.preview(hostId, stage)).toMatchObject({
        state: "blocked",
        says: expect.stringContaining("pve1 was given up"),
      });
    }
    await expect(want({ guests: [] })).rejects.toMatchObject({ code: "conflict" });
    const { hosts } = await readFleet(as(), {});
    expect(hosts).toMatchObject([{ name: "pve1", isGivenUp: true }]);
  });
});
