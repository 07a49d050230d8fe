import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { TestCloud } from "../test-cloud.ts";
import { initialHypervisorState } from "./state.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.close());
beforeEach(() => {
  const { tokenSecret } = cloud.sandbox.world.hypervisor;
  cloud.sandbox.world.hypervisor = { ...initialHypervisorState(), tokenSecret };
  cloud.sandbox.faults.clear();
});

function call(method: string, path: string, body?: unknown) {
  const { tokenId, tokenSecret } = cloud.sandbox.world.hypervisor;
  const headers = { authorization: `PVEAPIToken=${tokenId}=${tokenSecret}` };
  return cloud.call(method, `/api2/json${path}`, { headers, ...(body === undefined ? {} : { body }) });
}

async function dataOf(method: string, path: string, body?: unknown) {
  const answer = await call(method, path, body);
  expect(answer.status).toBe(200);
  return JSON.parse(JSON.stringify(answer.body)).data;
}

const QEMU = "/nodes/pve1/qemu";
const LXC = "/nodes/pve1/lxc";
const taskPath = (upid: string) => `/nodes/pve1/tasks/${encodeURIComponent(upid)}`;

describe("the embedded hypervisor", () => {
  it.each([
    ["no token", ""],
    ["another secret", "PVEAPIToken=countersign@pve!console=0000"],
    ["a longer one", "PVEAPIToken=countersign@pve!console=00000000000000000000000000000000x"],
    ["a password", "Basic cm9vdDpyb290"],
  ])("answers %s with 401", async (_what, authorization) => {
    expect(await cloud.call("GET", "/api2/json/version", { headers: { authorization } })).toMatchObject({
      status: 401,
      body: { data: null },
    });
  });

  it("lists nodes and guests with its quirks: numbers as texts, memory in bytes and in MiB", async () => {
    expect(await dataOf("GET", "/nodes")).toMatchObject([{ node: "pve1", status: "online" }]);
    expect(await dataOf("GET", "/version")).toMatchObject({ release: "8.4" });
    const [web] = await dataOf("GET", QEMU);
    expect(web).toMatchObject({ vmid: 101, status: "running", maxmem: 2048 * 1024 * 1024, tags: "prod;web" });
    expect(await dataOf("GET", LXC)).toMatchObject([{ vmid: "102", name: "db" }]);
    expect(await dataOf("GET", `${QEMU}/101/config`)).toMatchObject({
      memory: "2048",
      cores: 2,
      description: "Front door\n",
    });
    expect(await dataOf("GET", `${LXC}/102/config`)).toMatchObject({ memory: 1024, onboot: 1 });
  });

  it("takes time to start, shows the task and its log", async () => {
    const upid = await dataOf("POST", `${QEMU}/103/status/start`);
    expect(upid).toMatch(
      /^UPID:pve1:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:qmstart:103:countersign@pve!console:$/,
    );
    expect(await dataOf("GET", `${taskPath(upid)}/status`)).toMatchObject({ status: "running", upid });
    expect(await dataOf("GET", `${QEMU}/103/status/current`)).toMatchObject({ status: "stopped" });
    expect(await dataOf("GET", "/nodes/pve1/tasks?vmid=103")).toEqual([]);
    expect(await dataOf("GET", "/nodes/pve1/tasks?vmid=103&source=all")).toMatchObject([
      { upid, type: "qmstart" },
    ]);
    cloud.advance(1000);
    expect(await dataOf("GET", `${taskPath(upid)}/status`)).toMatchObject({
      status: "stopped",
      exitstatus: "OK",
    });
    expect(await dataOf("GET", `${QEMU}/103/status/current`)).toMatchObject({ status: "running" });
    expect(await dataOf("GET", `${taskPath(upid)}/log`)).toContainEqual({ n: 2, t: "TASK OK" });
  });

  it("writes a configuration at once, and a virtual machine's also by a task", async () => {
    expect(
      await dataOf("PUT", `${LXC}/102/config`, { description: "Ledger", tags: "B,a;a", onboot: false }),
    ).toBeNull();
    expect(await dataOf("GET", `${LXC}/102/config`)).toMatchObject({
      description: "Ledger\n",
      tags: "a;b",
      onboot: 0,
    });
    expect(await dataOf("POST", `${QEMU}/101/config`, { cores: 3 })).toMatch(/^UPID:.*:qmconfig:101:/);
    expect((await call("POST", `${LXC}/102/config`, { cores: 3 })).status).toBe(501);
    await dataOf("PUT", `${QEMU}/101/config`, { delete: "description" });
    expect(await dataOf("GET", `${QEMU}/101/config`)).not.toHaveProperty("description");
  });

  it.each<[string, string, string, object | undefined, number, string]>([
    ["a wrong value", "PUT", `${QEMU}/101/config`, { cores: "many" }, 400, "verification failed"],
    [
      "a setting that it does not know",
      "PUT",
      `${QEMU}/101/config`,
      { scratch: 1 },
      400,
      "verification failed",
    ],
    [
      "a configuration that changed",
      "PUT",
      `${QEMU}/101/config`,
      { cores: 1, digest: "0" },
      500,
      "Try again",
    ],
    ["a guest that is not there", "GET", `${QEMU}/999/config`, undefined, 500, "does not exist"],
    ["a container as a machine", "GET", `${QEMU}/102/config`, undefined, 500, "does not exist"],
    ["another node", "GET", "/nodes/pve9/qemu", undefined, 500, "hostname lookup"],
    ["to destroy what runs", "DELETE", `${QEMU}/101`, undefined, 500, "is running"],
    ["to make what is there", "POST", QEMU, { vmid: 101 }, 500, "already exists"],
    [
      "to restore from nothing",
      "POST",
      QEMU,
      { vmid: 104, archive: "local:backup/x", force: 1 },
      500,
      "does not exist",
    ],
    ["a path that it has not", "POST", "/nodes/pve1/reboot", {}, 501, "not implemented"],
  ])("refuses %s", async (...[, method, path, body, status, says]) => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status, body: { data: null } });
    expect(JSON.stringify(answer.body)).toContain(says);
  });

  it("tells of a task that fails only at its end, and undoes nothing of what it began", async () => {
    const upid = await dataOf("POST", `${QEMU}/101/status/start`);
    cloud.sandbox.faults.add({
      match: { service: "hypervisor", method: "POST" },
      times: 1,
      effect: "task_fails",
    });
    const bad = await dataOf("POST", `${QEMU}/101/status/stop`);
    cloud.advance(1000);
    expect(await dataOf("GET", `${taskPath(upid)}/status`)).toMatchObject({
      exitstatus: "VM 101 already running",
    });
    expect((await dataOf("GET", `${taskPath(bad)}/status`)).exitstatus).toContain("failed");
    expect(await dataOf("GET", `${QEMU}/101/status/current`)).toMatchObject({ status: "running" });
  });

  it("makes, restores over and destroys guests, and deletes what storage holds", async () => {
    await dataOf("POST", QEMU, { vmid: 900, name: "new", memory: 64 });
    expect(await dataOf("GET", `${QEMU}/900/config`)).toMatchObject({ lock: "create" });
    expect((await call("POST", `${QEMU}/900/status/start`)).status).toBe(500);
    const [backup] = (await dataOf("GET", "/nodes/pve1/storage/local/content")).map(
      ({ volid }: { volid: string }) => volid,
    );
    await dataOf("POST", QEMU, { vmid: 104, archive: backup, force: 1 });
    await dataOf("DELETE", `/nodes/pve1/storage/local/content/${encodeURIComponent(backup)}`);
    cloud.advance(1000);
    expect(await dataOf("GET", `${QEMU}/900/config`)).not.toHaveProperty("lock");
    expect(await dataOf("GET", "/nodes/pve1/storage/local/content")).toEqual([]);
    await dataOf("DELETE", `${QEMU}/900`);
    cloud.advance(1000);
    expect((await call("GET", `${QEMU}/900/config`)).status).toBe(500);
  });

  it("loses answers on demand, before or after the change", async () => {
    cloud.sandbox.faults.add({
      match: { service: "hypervisor", pathPrefix: `${QEMU}/103` },
      times: 1,
      effect: "cut_after",
    });
    await expect(call("POST", `${QEMU}/103/status/start`)).rejects.toThrow();
    cloud.sandbox.faults.add({
      match: { service: "hypervisor", method: "POST" },
      times: 1,
      effect: "cut_before",
    });
    await expect(call("POST", `${QEMU}/104/status/start`)).rejects.toThrow();
    expect(await dataOf("GET", "/nodes/pve1/tasks?source=all")).toHaveLength(1);
  });
});
