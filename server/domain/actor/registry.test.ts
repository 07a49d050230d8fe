import { describe, expect, it } from "vitest";
import { changeSentence, diffActors } from "./diff.ts";
import { generateSnapshot, snapshotText, withActor } from "./generate.ts";
import { readInventory } from "./inventory.ts";
import { type readSnapshot, readSnapshotText } from "./snapshot.ts";

/** Four actors with limits as they are in production. */
const INVENTORY = `actors:
  adm-example: { type: adm, principals: [adm-full], ttl_hours: 48 }
  agt-codex-interhub-bootstrap: { type: agt, principals: [agt-interhub-bootstrap], ttl_hours: 2 }
  agt-state-hub-bridge: { type: agt, principals: [agt-task-bridge], ttl_hours: 24 }
  atm-backup-daily: { type: atm, principals: [atm-backup-daily], ttl_hours: 8, description: Nightly }
`;

function actorsOf(text: string) {
  const read = readInventory(text);
  if (read.kind === "refused") throw new Error(JSON.stringify(read.faults));
  return read.actors;
}

function loaded(text: string) {
  const read = readSnapshotText(text);
  if (read.kind === "refused") throw new Error(JSON.stringify(read.faults));
  return read.registry;
}

const made = () => generateSnapshot(actorsOf(INVENTORY));
const row = (fields: string) => `actors:\n  agt-one-lane: ${fields}\n`;
const faultsOf = (read: ReturnType<typeof readInventory | typeof readSnapshot>) =>
  read.kind === "refused" ? read.faults.map(({ path, reason }) => `${path} ${reason}`) : [];

describe("an inventory", () => {
  it("is read by name or as a list, with both subjects of each actor", () => {
    const [, bootstrap] = actorsOf(INVENTORY);
    expect(bootstrap).toEqual({
      name: "agt-codex-interhub-bootstrap",
      type: "agt",
      principals: ["agt-interhub-bootstrap"],
      maxTtlHours: 2,
      allowedSubjects: ["agt-codex-interhub-bootstrap", "iam:agt-codex-interhub-bootstrap"],
      description: "",
      isRetired: false,
    });
    const list = "actors:\n  - { name: atm-a-b, type: atm, principals: [x], ttl_hours: 1, retired: true }\n";
    expect(actorsOf(list)).toMatchObject([{ name: "atm-a-b", isRetired: true }]);
    expect(actorsOf("actors: {}")).toEqual([]);
  });

  it.each([
    ["no YAML", "actors: [", " not_readable"],
    ["aliases", "a: &a [x]\nactors: *a\n", " not_readable"],
    ["a list", "- 1", " wrong_kind"],
    ["nothing", "", " wrong_kind"],
    ["no actors", "people: {}", "people unknown_field|actors missing"],
    ["actors that are a text", "actors: all", "actors wrong_kind"],
    ["an actor that is a text", "actors: { adm-x: hello }", "actors.adm-x wrong_kind"],
    [
      "an unknown type",
      row("{ type: root, principals: [x], ttl_hours: 1 }"),
      "actors.agt-one-lane.type bad_type",
    ],
    ["no type", row("{ principals: [x], ttl_hours: 1 }"), "actors.agt-one-lane.type missing"],
    [
      "a name of another type",
      row("{ type: adm, principals: [x], ttl_hours: 1 }"),
      "actors.agt-one-lane name_prefix",
    ],
    [
      "a name that only begins alike",
      "actors: { agtone: { type: agt, principals: [x], ttl_hours: 1 } }",
      "actors.agtone bad_name",
    ],
    [
      "a name in capitals",
      "actors: { agt-One: { type: agt, principals: [x], ttl_hours: 1 } }",
      "actors.agt-One bad_name",
    ],
    ["no principals", row("{ type: agt, ttl_hours: 1 }"), "actors.agt-one-lane.principals missing"],
    [
      "an empty list of them",
      row("{ type: agt, principals: [], ttl_hours: 1 }"),
      "actors.agt-one-lane.principals no_principals",
    ],
    [
      "a principal of a pattern",
      row("{ type: agt, principals: ['*'], ttl_hours: 1 }"),
      "actors.agt-one-lane.principals[0] bad_principal",
    ],
    [
      "two in one",
      row("{ type: agt, principals: ['a,b'], ttl_hours: 1 }"),
      "actors.agt-one-lane.principals[0] bad_principal",
    ],
    [
      "one twice",
      row("{ type: agt, principals: [a, a], ttl_hours: 1 }"),
      "actors.agt-one-lane.principals[1] repeated",
    ],
    [
      "a number among them",
      row("{ type: agt, principals: [1], ttl_hours: 1 }"),
      "actors.agt-one-lane.principals[0] wrong_kind",
    ],
    [
      "over the cap",
      row("{ type: agt, principals: [a], ttl_hours: 25 }"),
      "actors.agt-one-lane.ttl_hours ttl_out_of_bounds",
    ],
    [
      "no hour",
      row("{ type: agt, principals: [a], ttl_hours: 0 }"),
      "actors.agt-one-lane.ttl_hours ttl_out_of_bounds",
    ],
    [
      "half an hour",
      row("{ type: agt, principals: [a], ttl_hours: 0.5 }"),
      "actors.agt-one-lane.ttl_hours ttl_out_of_bounds",
    ],
    [
      "no number",
      row("{ type: agt, principals: [a], ttl_hours: .nan }"),
      "actors.agt-one-lane.ttl_hours ttl_out_of_bounds",
    ],
    [
      "hours as a text",
      row("{ type: agt, principals: [a], ttl_hours: 2h }"),
      "actors.agt-one-lane.ttl_hours ttl_out_of_bounds",
    ],
    ["no hours", row("{ type: agt, principals: [a] }"), "actors.agt-one-lane.ttl_hours missing"],
    [
      "an unknown field",
      row("{ type: agt, principals: [a], ttl_hours: 1, sudo: yes }"),
      "actors.agt-one-lane.sudo unknown_field",
    ],
    [
      "another actor's subject",
      row("{ type: agt, principals: [a], ttl_hours: 1, allowed_subjects: [adm-example] }"),
      "actors.agt-one-lane.allowed_subjects[0] foreign_subject",
    ],
    [
      "nobody",
      row("{ type: agt, principals: [a], ttl_hours: 1, allowed_subjects: [] }"),
      "actors.agt-one-lane.allowed_subjects no_subjects",
    ],
    [
      "a name twice",
      "actors: { agt-a: { type: agt, principals: [a], ttl_hours: 1 }, agt-a: { type: agt, principals: [a], ttl_hours: 1 } }",
      " not_readable",
    ],
    [
      "a name twice in a list",
      "actors: [{ name: agt-a, type: agt, principals: [a], ttl_hours: 1 }, { name: agt-a, type: agt, principals: [a], ttl_hours: 1 }]",
      "actors[1] repeated",
    ],
  ])("is refused for %s, and the row is named", (_what, text, faults) => {
    expect(faultsOf(readInventory(text)).join("|")).toBe(faults);
  });

  it("names every bad row, not the first alone", () => {
    const text = "actors: { agt-a: { type: agt, principals: [], ttl_hours: 99 }, atm-b: {} }";
    expect(faultsOf(readInventory(text))).toHaveLength(5);
  });
});

describe("a snapshot", () => {
  it("of four actors is counted, found by resource, and has one digest", () => {
    const registry = loaded(snapshotText(made()));
    expect(registry.counts).toEqual({
      systems: 1,
      resource_manifests: 1,
      subjects: 4,
      groups: 3,
      relationships: 4,
      tenants: 1,
      actors: 4,
    });
    expect(registry.byResource.get("ssh-cert:actor/agt-state-hub-bridge")?.actor.maxTtlHours).toBe(24);
    const lines = INVENTORY.trimEnd().split("\n");
    const turned = generateSnapshot(actorsOf([lines[0], ...lines.slice(1).reverse()].join("\n")));
    expect(snapshotText(turned)).toBe(snapshotText(made()));
    expect(registry.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(diffActors(registry.actors, actorsOf(INVENTORY))).toEqual([]);
  });

  it("keeps what the console knows nothing of, and changes one actor in its place", () => {
    const [first] = actorsOf(INVENTORY);
    if (first === undefined) throw new Error("There is no actor.");
    const text = snapshotText(made()).replace(
      '"name": "SSH certificates"',
      '"name": "SSH certificates", "zone": { "a": [1] }',
    );
    const { snapshot } = loaded(text);
    expect(snapshotText(snapshot)).toBe(snapshotText(JSON.parse(text)));
    const changed = withActor(snapshot, { ...first, maxTtlHours: 4 });
    expect(changed.systems).toEqual(snapshot.systems);
    expect(changed.subjects).toEqual(snapshot.subjects);
    const after = loaded(snapshotText(changed));
    expect(diffActors(loaded(text).actors, after.actors).map(changeSentence)).toEqual([
      "changed adm-example: max_ttl_hours 48 -> 4",
    ]);
    const more = withActor(generateSnapshot([]), first);
    expect(snapshotText(more)).toBe(snapshotText(generateSnapshot([first])));
  });

  it("of a retired actor shows it and finds nothing", () => {
    const [first] = actorsOf(INVENTORY);
    if (first === undefined) throw new Error("There is no actor.");
    const registry = loaded(snapshotText(generateSnapshot([{ ...first, isRetired: true }])));
    expect(registry.actors).toMatchObject([{ isRetired: true }]);
    expect(registry.byResource.size).toBe(0);
  });

  const resource = "resource_manifests[0].resources[0]";
  it.each<[string, (text: string) => string, string]>([
    ["no JSON", () => "{", " not_readable"],
    ["a list", () => "[]", " wrong_kind"],
    [
      "an unknown part",
      (text) => text.replace('"systems"', '"actors": [], "systems"'),
      "actors unknown_field",
    ],
    ["a doubled member", (text) => text.replace('"tenants"', '"systems": [], "tenants"'), "systems repeated"],
    [
      "no subjects",
      (text) => text.replace('"subjects"', '"people"'),
      "subjects missing|people unknown_field",
    ],
    [
      "an unknown system",
      (text) => text.replace('"system": "ops-warden"', '"system": "x"'),
      "resource_manifests[0].system dangling",
    ],
    [
      "an unknown tenant",
      (text) => text.replace('"tenant": "tenant:platform"', '"tenant": "t"'),
      `${resource}.tenant dangling`,
    ],
    [
      "an unknown member",
      (text) => text.replace('"members": [\n        "adm-example"', '"members": [\n        "x"'),
      "groups[0].members[0] dangling",
    ],
    [
      "an actor over its cap",
      (text) => text.replace('"max_ttl_hours": 48', '"max_ttl_hours": 49'),
      `${resource}.attributes.max_ttl_hours ttl_out_of_bounds`,
    ],
    [
      "hours that are a text",
      (text) => text.replace('"max_ttl_hours": 48', '"max_ttl_hours": "48"'),
      `${resource}.attributes.max_ttl_hours ttl_out_of_bounds`,
    ],
    [
      "a type that the name denies",
      (text) => text.replace('"actor_type": "adm"', '"actor_type": "atm"'),
      `${resource}.id name_prefix|${resource}.attributes.max_ttl_hours ttl_out_of_bounds`,
    ],
    [
      "an id that is none",
      (text) => text.replace('"ssh-cert:actor/adm-example",\n', '"adm-example/.."\n,'),
      `${resource}.id bad_name`,
    ],
    [
      "an actor twice",
      (text) => text.replaceAll("agt-state-hub-bridge", "agt-codex-interhub-bootstrap"),
      "repeated",
    ],
    [
      "a number beyond what JSON keeps",
      (text) => text.replace('"name": "SSH certificates"', '"n": 9007199254740993'),
      " wrong_kind",
    ],
  ])("is refused for %s", (_what, change, faults) => {
    const text = snapshotText(made());
    const changed = change(text);
    expect(changed).not.toBe(text);
    expect(faultsOf(readSnapshotText(changed)).join("|")).toContain(faults);
  });

  it("that is too long is not read", () => {
    expect(faultsOf(readSnapshotText(" ".repeat(4 * 1024 * 1024 + 1)))).toEqual([" too_long"]);
    expect(faultsOf(readInventory(" ".repeat(4 * 1024 * 1024 + 1)))).toEqual([" too_long"]);
  });
});

describe("a difference", () => {
  it("names what came, went and changed, in words", () => {
    const before = actorsOf(INVENTORY);
    const after = actorsOf(
      INVENTORY.replace("ttl_hours: 2 }", "ttl_hours: 3, retired: true }")
        .replace("  adm-example: { type: adm, principals: [adm-full], ttl_hours: 48 }\n", "")
        .concat("  atm-new-job: { type: atm, principals: [b, a], ttl_hours: 1 }\n"),
    );
    expect(diffActors(before, after).map(changeSentence)).toEqual([
      "removed adm-example: type adm",
      "changed agt-codex-interhub-bootstrap: max_ttl_hours 2 -> 3; retired no -> yes",
      "added atm-new-job: type atm; principals a, b; max_ttl_hours 1; allowed_subjects atm-new-job, iam:atm-new-job; retired no",
    ]);
  });
});
