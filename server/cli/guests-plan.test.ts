import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "guests-plan-"));
const file = (name: string, content: unknown) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

function plan(input: string, ...args: string[]) {
  const words = [resolve("server/cli/main.ts"), "guests", "plan", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    input,
    env: { NODE_ENV: "production" },
  });
  return { code: status, out: stdout.toString(), err: stderr.toString() };
}

const desired = file("desired.json", {
  host_id: "pve-1",
  generation: 3,
  poll_interval_seconds: 5,
  guests: [{ vmid: 101, run_state: "running", memory_bytes: 1073741825, description: "web" }, { vmid: 104 }],
  intents: [{ op: "guest_destroy", vmid: 102, scratch: true }],
});
const actual = {
  host_id: "pve-1",
  guests: [
    { vmid: 101, type: "qemu", status: "stopped", config: { memory: "1024", description: "web\n" } },
    { vmid: 102, type: "lxc", status: "running", tags: "scratch" },
  ],
};

describe("countersign guests plan", () => {
  it("answers one document, without a console", () => {
    const { code, out, err } = plan(JSON.stringify(actual), "--desired", desired, "--actual", "-", "--json");
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual({
      host_id: "pve-1",
      generation: 3,
      interval_seconds: 60,
      in_sync: false,
      lanes: [
        {
          vmid: 101,
          kind: "qemu",
          actions: [{ op: "start" }],
          differences: [{ field: "run_state", desired: "running", actual: "stopped" }],
        },
      ],
      held: [],
      only_desired: [104],
      only_actual: [102],
      intents: [expect.objectContaining({ outcome: "pending_signature", ignored: ["scratch"] })],
    });
  });

  it("says it in words", () => {
    const { code, out } = plan("", "--desired", desired, "--actual", file("actual.json", actual));
    expect(code).toBe(0);
    expect(out).toContain('guest 101 (qemu): start\n  run_state: "stopped" -> "running"');
    expect(out).toContain(
      "pending_signature guest_destroy of guest 102; ignored, as it came from outside: scratch",
    );
  });

  it.each<[string, string, string]>([
    ["a wrong field", '{"host_id":"x","generation":1,"guests":[{"vmid":1}]}', "guests[0].vmid: is at least"],
    ["what is no JSON", "{", "is no JSON"],
    ["what is said twice", '{"host_id":"x","generation":1,"guests":[],"guests":[]}', "holds guests twice"],
  ])("names %s, and ends with 2", (what, content, says) => {
    const path = file(`${what}.json`, content);
    const { code, out, err } = plan(JSON.stringify(actual), "--desired", path, "--actual", "-", "--json");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(says);
  });
});
