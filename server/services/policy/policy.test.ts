import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as z from "zod";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { analyseText } from "./analyse.ts";
import { readPolicy } from "./read.ts";
import { savePolicy } from "./save.ts";

let world: JobWorld;
let olga: PersonActor;
let rita: PersonActor;
beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  rita = await world.person("Rita", "reviewer");
});
afterAll(() => world.close());

type Save = z.input<typeof savePolicy.input>;
const written = (change: Partial<Save> = {}): Save => ({
  cloudId: world.cloudId,
  baseNumber: 0,
  source: '"identity:list_users": "role:reader"\n',
  live: "",
  release: "caracal",
  set: "",
  note: "",
  ...change,
});
const save = (change: Partial<Save> = {}, by = olga) => savePolicy(world.ctx(by), written(change));

describe("a policy is not kept", () => {
  it.each<[string, Partial<Save>, Record<string, string>]>([
    ["for no cloud", { cloudId: randomUUID() }, { reason: "not_found", field: "cloudId" }],
    ["over another revision", { baseNumber: 3 }, { reason: "policy_changed" }],
    [
      "for a Keystone that nobody knows",
      { release: "zulu" },
      { reason: "policy_unreadable", field: "release" },
    ],
    ["over a file that is no YAML", { live: '"a: [' }, { reason: "policy_unreadable", field: "live" }],
    ["with a set that is no JSON", { set: "{" }, { reason: "policy_unreadable", field: "set" }],
    ["with a set of other fields", { set: '{"personas":[]}' }, { reason: "policy_unreadable", field: "set" }],
    [
      "with a set that is nested without end",
      { set: "[".repeat(100_000) },
      { reason: "policy_unreadable", field: "set" },
    ],
  ])("%s", async (_what, change, refusal) => {
    await expect(save(change)).rejects.toMatchObject({ details: refusal });
  });

  it.each<[string, Partial<Save>]>([
    ["a NUL", { source: "a\0" }],
    ["half a character", { note: "\ud800" }],
    ["more than a MiB", { live: "#".repeat(1024 * 1024 + 1) }],
  ])("with %s in it", async (_what, change) => {
    await expect(save(change)).rejects.toThrow(/./);
  });

  it("by somebody who may only read it", async () => {
    expect(await refusalOf(save({}, rita))).toMatchObject({ reason: "role_missing" });
    const { may } = await readPolicy(world.ctx(rita), { cloudId: null, number: null });
    expect(may.save.allowed).toBe(false);
  });
});

it("is kept in revisions, each once, with its writer; of several saves at once one is kept", async () => {
  const { done, refused } = tally(
    await Promise.allSettled([save({ note: "first" }), save({ note: "b" }), save({ note: "c" })]),
  );
  expect({ done, refused: new Set(refused) }).toEqual({ done: 1, refused: new Set(["policy_changed"]) });
  expect(await refusalOf(save({ baseNumber: 1 }))).toMatchObject({ reason: "unchanged" });
  await save({ baseNumber: 1, source: "", note: "emptied" });
  const newest = await readPolicy(world.ctx(rita), { cloudId: world.cloudId, number: null });
  expect(newest).toMatchObject({ number: 2, source: "" });
  expect(newest.history.map(({ number, by }) => [number, by])).toEqual([
    [2, "Olga"],
    [1, "Olga"],
  ]);
  const first = await readPolicy(world.ctx(rita), { cloudId: world.cloudId, number: 1 });
  expect(first.source).toContain("role:reader");
  const none = readPolicy(world.ctx(rita), { cloudId: world.cloudId, number: 9 });
  await expect(none).rejects.toMatchObject({ details: { reason: "not_found", field: "number" } });
});

it("is judged while it is written, within a bound", async () => {
  const { baseNumber: _base, cloudId: _cloud, note: _note, ...judged } = written();
  const analysis = await analyseText(world.ctx(rita), judged);
  expect(analysis).toMatchObject({ errors: 0, diff: { counts: { override: 1 } } });
  expect(analysis.grid.flatMap(({ cells }) => cells)).not.toHaveLength(0);
  const many = Array.from({ length: 50 }, (_, at) => at);
  const set = JSON.stringify({
    personas: many.map((at) => ({ name: `p${at}`, creds: {} })),
    places: many.map((at) => ({
      name: `w${at}`,
      domain: "d",
      project: "p",
      user: "u",
      group: "g",
      role: "r",
    })),
  });
  await expect(analyseText(world.ctx(rita), { ...judged, set })).rejects.toMatchObject({
    details: { field: "set" },
  });
});
