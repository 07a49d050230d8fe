import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readActual } from "./actual.ts";
import { readDesired } from "./desired.ts";
import { clampInterval } from "./interval.ts";
import { NORMAL } from "./normalise.ts";
import { type GuestLane, planGuests } from "./plan.ts";
import { GuestDocumentError } from "./read-document.ts";

const MIB = 1024 * 1024;
const wanted = (guests: unknown[], more: object = {}) =>
  readDesired({ host_id: "pve-1", generation: 7, guests, ...more });
const found = (guests: unknown[]) => readActual({ host_id: "pve-1", guests });
const plan = (desired: unknown[], actual: unknown[]) => planGuests(wanted(desired), found(actual));

describe("planGuests", () => {
  it("does the least, stopped first and started last", () => {
    const { lanes, in_sync } = plan(
      [
        { vmid: 103, run_state: "running", cores: 4 },
        { vmid: 101, run_state: "stopped", description: "web" },
        { vmid: 102, cores: 2 },
      ],
      [
        { vmid: 101, status: "running" },
        { vmid: "102", status: "running", cores: "2" },
        { vmid: 103, type: "lxc", status: "stopped", config: { cores: 2 } },
      ],
    );
    expect(in_sync).toBe(false);
    expect(lanes.map(({ vmid, kind, actions }) => [vmid, kind, actions])).toEqual([
      [101, "qemu", [{ op: "stop" }, { op: "set_config", set: { description: "web" } }]],
      [103, "lxc", [{ op: "set_config", set: { cores: 4 } }, { op: "start" }]],
    ]);
  });

  it("lists what stands on one side only and never acts on it", () => {
    const result = plan([{ vmid: 200, run_state: "running" }], [{ vmid: 300, status: "running" }]);
    expect(result).toMatchObject({ lanes: [], only_desired: [200], only_actual: [300], in_sync: false });
  });

  it.each<[string, object, object]>([
    ["bytes between two MiB", { memory_bytes: 2048 * MIB + 1 }, { memory: "2048" }],
    ["bytes and MiB", { memory_mib: 2048 }, { maxmem: 2048 * MIB }],
    ["a line end that nobody wrote", { description: "web" }, { description: "web\n" }],
    ["line ends of another kind", { description: "a\r\nb" }, { description: "a\nb\n" }],
    ["no description", { description: "" }, {}],
    ["the order of tags", { tags: ["prod", "Web"] }, { tags: "web;prod" }],
    ["tags in a text", { tags: "a;b" }, { tags: "b,a a" }],
    ["no tags", { tags: [] }, {}],
    ["a boolean as a digit", { onboot: true }, { onboot: 1 }],
    ["a boolean as a text", { onboot: false }, { onboot: "0" }],
    ["no boolean", { onboot: 0 }, {}],
    [
      "a configured size beside the present one",
      { memory_mib: 4096 },
      { maxmem: 2048 * MIB, config: { memory: 4096 } },
    ],
    ["what nobody wants in any way", {}, { cores: 8, description: "x" }],
  ])("finds no difference in %s", (_what, desired, actual) => {
    const { lanes, in_sync } = plan(
      [{ vmid: 100, ...desired }],
      [{ vmid: 100, status: "running", ...actual }],
    );
    expect([lanes, in_sync]).toEqual([[], true]);
  });

  it.each<[string, object, string]>([
    ["is locked", { status: "running", config: { lock: "backup" } }, "locked (backup)"],
    ["is a template", { status: "stopped", template: 1 }, "template"],
    ["is paused", { status: "paused" }, "paused"],
    ["is in no known state", { status: "" }, "no known state"],
    ["is of another kind", { status: "running", type: "lxc" }, "is lxc"],
  ])("touches nothing that %s", (_what, actual, says) => {
    const result = plan([{ vmid: 100, kind: "qemu", cores: 3 }], [{ vmid: 100, ...actual }]);
    expect(result).toMatchObject({ lanes: [], in_sync: false });
    expect(result.held[0]?.says).toContain(says);
  });

  it("waits for a signature for every intent that can lose data, whatever the document claims", () => {
    const intents = [
      { op: "guest_destroy", vmid: 101, scratch: true, provenance: { created_by: "console" } },
      { op: "storage_wipe", params: { storage: "local" } },
      { op: "restore_overwrite", vmid: 101 },
      { op: "frobnicate", vmid: 101 },
      { op: "Start", vmid: 101 },
      { op: "start", vmid: 101 },
    ];
    const result = planGuests(
      wanted([], { intents }),
      found([{ vmid: 101, status: "stopped", tags: "scratch" }]),
    );
    expect(result.lanes).toEqual([]);
    expect(result.intents.map(({ op, vmid, outcome }) => [op, vmid, outcome])).toEqual([
      ["guest_destroy", 101, "pending_signature"],
      ["storage_wipe", null, "pending_signature"],
      ["restore_overwrite", 101, "pending_signature"],
      ["frobnicate", 101, "pending_signature"],
      ["Start", 101, "pending_signature"],
      ["start", 101, "benign"],
    ]);
    expect(result.intents[0]?.ignored).toEqual(["provenance", "scratch"]);
  });

  it("compares documents of one host only", () => {
    const other = readActual({ host_id: "pve-2", guests: [] });
    expect(() => planGuests(wanted([]), other)).toThrow("host_id: is pve-1 in the desired state and pve-2");
  });
});

describe("readDesired and readActual", () => {
  it.each<[string, unknown, string]>([
    ["null", null, "document: "],
    ["a list", [], "document: "],
    ["nothing", {}, "host_id: is missing"],
    ["a host with a slash", { host_id: "../x", generation: 1, guests: [] }, "host_id: is 1 to 128"],
    ["a generation below 0", { host_id: "a", generation: -1, guests: [] }, "generation: is at least 0"],
    ["another field", { host_id: "a", generation: 1, guests: [], gusts: [] }, "gusts: is no field"],
    ["no list", { host_id: "a", generation: 1, guests: {} }, "guests: is a list"],
    ["a small number", of({ vmid: 99 }), "guests[0].vmid: is at least 100"],
    ["a number as a text", of({ vmid: "100" }), "guests[0].vmid: is a whole number"],
    [
      "another state",
      of({ vmid: 100, run_state: "paused" }),
      "guests[0].run_state: is one of running, stopped",
    ],
    ["no cores", of({ vmid: 100, cores: 0 }), "guests[0].cores: is at least 1"],
    ["half a core", of({ vmid: 100, cores: 1.5 }), "guests[0].cores: is a whole number"],
    ["little memory", of({ vmid: 100, memory_bytes: 1024 }), "guests[0].memory_bytes: is at least 16777216"],
    [
      "two memories",
      of({ vmid: 100, memory_mib: 64, memory_bytes: 64 * MIB }),
      "guests[0].memory_mib: stands beside",
    ],
    [
      "a control character",
      of({ vmid: 100, description: "a\u001b[2J" }),
      "guests[0].description: holds a control",
    ],
    ["a tag with a space", of({ vmid: 100, tags: ["ok", "a b"] }), "guests[0].tags[1]: has a tag"],
    ["tags that are a number", of({ vmid: 100, tags: 5 }), "guests[0].tags: is a list of tags"],
    ["a tag that is none in a text", of({ vmid: 100, tags: "ok;$x" }), "guests[0].tags: has a tag"],
    ["a boolean in words", of({ vmid: 100, onboot: "yes" }), "guests[0].onboot: is true or false"],
    [
      "a guest twice",
      of({ vmid: 100 }, { vmid: 101 }, { vmid: 100 }),
      "guests[2].vmid: is 100, as guests[0].vmid is",
    ],
    ["an unknown setting", of({ vmid: 100, disk: 5 }), "guests[0].disk: is no field"],
    ["an intent without a class", { ...of(), intents: [{}] }, "intents[0].op: is missing"],
  ])("refuses %s and names the field", (_what, document, says) => {
    expect(() => readDesired(document)).toThrow(GuestDocumentError);
    expect(() => readDesired(document)).toThrow(says);
  });

  it.each<[string, unknown, string]>([
    ["no state", { host_id: "a", guests: [{ vmid: 100 }] }, "guests[0].status: is missing"],
    [
      "cores in words",
      { host_id: "a", guests: [{ vmid: 100, status: "running", cores: "two" }] },
      "guests[0].cores: ",
    ],
    ["a wrong configuration", { host_id: "a", guests: [{ vmid: 100, status: "running", config: { memory: {} } }] }, "guests[0].config.memory: "], // prettier-ignore
    ["a guest twice", { host_id: "a", guests: [{ vmid: 100, status: "x" }, { vmid: "100", status: "x" }] }, "guests[1].vmid: is 100 a second time"], // prettier-ignore
  ])("refuses an observation with %s and names the field", (_what, document, says) => {
    expect(() => readActual(document)).toThrow(says);
  });

  it.each([
    [undefined, 300],
    [-5, 60],
    [59, 60],
    [60, 60],
    [61.4, 61],
    [3600, 3600],
    [3601, 3600],
    [Number.MAX_VALUE, 3600],
    [Number.NaN, 300],
  ])("holds an interval of %s within its bounds: %s", (asked, seconds) => {
    expect(clampInterval(asked)).toBe(seconds);
  });
});

describe("what holds for every guest", () => {
  const description = fc
    .string({ maxLength: 40 })
    .map((text) => `${text.replaceAll(/\p{C}/gu, "")}\n`.repeat(2));
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_+.-]{0,6}$/);
  const setting = {
    cores: fc.integer({ min: 1, max: 64 }),
    memory_bytes: fc.integer({ min: 16 * MIB, max: 4096 * MIB }),
    description,
    tags: fc.oneof(
      fc.array(tag, { maxLength: 4 }),
      fc.array(tag, { maxLength: 4 }).map((tags) => tags.join(";")),
    ),
    onboot: fc.constantFrom(true, false, 0, 1),
  };
  const desired = fc.record(
    { run_state: fc.constantFrom("running", "stopped"), ...setting },
    { requiredKeys: [] },
  );
  const actual = fc.record(
    { status: fc.constantFrom("running", "stopped"), ...setting, kind: fc.constantFrom("qemu", "lxc") },
    { requiredKeys: ["status"] },
  );
  const vmid = fc.integer({ min: 100, max: 108 });
  const side = (guest: fc.Arbitrary<object>) =>
    fc.uniqueArray(
      fc.tuple(vmid, guest).map(([number, rest]) => ({ vmid: number, ...rest })),
      {
        selector: (one) => one.vmid,
        maxLength: 6,
      },
    );

  it("normalises once and no more", () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.string()),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (text, tags, mib) => {
          for (const given of [text, tags.join(";")]) {
            const once = NORMAL.description(given);
            expect(NORMAL.description(once)).toBe(once);
          }
          for (const given of [text, tags])
            expect(NORMAL.tags(NORMAL.tags(given))).toEqual(NORMAL.tags(given));
          expect(NORMAL.memory_mib(NORMAL.memory_mib(mib))).toBe(NORMAL.memory_mib(mib));
          expect(NORMAL.onboot(NORMAL.onboot(text))).toBe(NORMAL.onboot(text));
        },
      ),
    );
    fc.assert(
      fc.property(side(actual), (guests) => {
        const once = found(guests);
        const again = once.guests.map(({ settings, ...guest }) => ({ ...guest, config: settings }));
        expect(found(again)).toEqual(once);
      }),
    );
  });

  it("plans nothing more once what it planned is done", () => {
    fc.assert(
      fc.property(side(desired), side(actual), (one, other) => {
        const [goal, world] = [wanted(one), found(other)];
        const { lanes } = planGuests(goal, world);
        const after = { ...world, guests: world.guests.map((guest) => carriedOut(guest, lanes)) };
        const then = planGuests(goal, after);
        expect(then.lanes).toEqual([]);
        const both = new Set(other.map(({ vmid: number }) => number));
        for (const lane of lanes) expect(both.has(lane.vmid) && lane.actions.length > 0).toBe(true);
        expect(new Set(lanes.map((lane) => lane.vmid)).size).toBe(lanes.length);
      }),
    );
  });
});

function carriedOut(guest: ReturnType<typeof found>["guests"][number], lanes: readonly GuestLane[]) {
  const { actions } = lanes.find(({ vmid }) => vmid === guest.vmid) ?? { actions: [] };
  return actions.reduce((now, action) => {
    if (action.op === "set_config") return { ...now, settings: { ...now.settings, ...action.set } };
    return { ...now, run_state: action.op === "start" ? "running" : "stopped" };
  }, guest);
}

function of(...guests: object[]) {
  return { host_id: "a", generation: 1, guests };
}
