import { describe, expect, it } from "vitest";
import { readDesired } from "./desired.ts";
import { diffDesired } from "./diff.ts";

const host = (guests: unknown[], more: object = {}) =>
  readDesired({ host_id: "pve1", generation: 1, guests, ...more });
const diff = (before: unknown[], after: unknown[]) => diffDesired(host(before), host(after)).changes;

describe("diffDesired", () => {
  it.each<[string, unknown[], unknown[], unknown[]]>([
    ["nothing", [{ vmid: 101 }], [{ vmid: 101 }], []],
    [
      "the same said otherwise",
      [{ vmid: 101, memory_mib: 1024, tags: ["b", "A"], description: "x\n", onboot: 1 }],
      [{ vmid: 101, memory_bytes: 1073741825, tags: "a;b", description: "x", onboot: true }],
      [],
    ],
    [
      "another state and memory",
      [{ vmid: 101, run_state: "running", memory_mib: 1024 }],
      [{ vmid: 101, run_state: "stopped", memory_mib: 512 }],
      [
        { vmid: 101, field: "run_state", before: "running", after: "stopped" },
        { vmid: 101, field: "memory_mib", before: "1024", after: "512" },
      ],
    ],
    [
      "a setting that is not wanted any more",
      [{ vmid: 101, cores: 2 }],
      [{ vmid: 101 }],
      [{ vmid: 101, field: "cores", before: "2", after: null }],
    ],
    [
      "a guest more and a guest less",
      [{ vmid: 101 }],
      [{ vmid: 102, cores: 1 }],
      [
        { vmid: 101, field: "guest", before: "wanted", after: null },
        { vmid: 102, field: "guest", before: null, after: "wanted" },
        { vmid: 102, field: "cores", before: null, after: "1" },
      ],
    ],
  ])("tells %s", (...[, before, after, changes]) => {
    expect(diff(before, after)).toEqual(changes);
  });

  it("tells intents and the interval, and of the first generation everything", () => {
    const wipe = { op: "storage_wipe", vmid: 104, params: { disk: "scsi1" } };
    const before = host([], { intents: [{ op: "decommission" }, wipe], poll_interval_seconds: 60 });
    const after = host([], { intents: [wipe, wipe], poll_interval_seconds: 90 });
    expect(diffDesired(before, after).changes).toEqual([
      { vmid: null, field: "interval_seconds", before: "60", after: "90" },
      { vmid: null, field: "intent", before: "decommission", after: null },
      { vmid: 104, field: "intent", before: null, after: 'storage_wipe {"disk":"scsi1"}' },
    ]);
    expect(diffDesired(null, host([{ vmid: 101 }])).changes).toHaveLength(2);
  });

  it("tells a bounded number of changes, and counts the rest", () => {
    const many = Array.from({ length: 500 }, (_none, at) => ({ vmid: 100 + at }));
    const { changes, more } = diffDesired(host([]), host(many));
    expect([changes.length, more]).toEqual([200, 300]);
  });
});
