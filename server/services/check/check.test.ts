import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { blockAttestation, checkRun } from "#db/schema/check.ts";
import { disablePerson } from "#server/services/person/disable.ts";
import { type CheckWorld, openCheckWorld } from "#server/testing/checks.ts";
import { getItem } from "#server/testing/items.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { attestBlock } from "../attestation/attest.ts";
import { withdrawAttestation } from "../attestation/withdraw.ts";
import { cancelRun } from "./cancel.ts";
import { listChecks } from "./list.ts";
import { runCheck } from "./run.ts";
import { setCheck } from "./set.ts";

let world: CheckWorld;
let itemId: string;
let text: string;
const reason = "It only reads";
const LOCAL = {
  kind: "local" as const,
  aliases: ["jumphost"],
  denied: ["maas list", "juju *destroy"],
  environment: ["BLOCK_TENANT", "BLOCK_COUNT"],
  isRetired: false,
};

beforeAll(async () => {
  world = await openCheckWorld();
  await world.host("local", LOCAL);
});
afterAll(() => world.close());
beforeEach(async () => {
  // A text of its own: what is attested counts for these bytes wherever they stand.
  text = `echo ${crypto.randomUUID()}`;
  itemId = await world.item(text);
});

const runsOf = () => world.db.select().from(checkRun).where(eq(checkRun.itemId, itemId));

const as = (who: keyof CheckWorld["people"]) => world.ctx(world.people[who]);
const runAs = async (who: keyof CheckWorld["people"], parameters = {}) =>
  runCheck(as(who), { itemId, digest: await world.digest(itemId), parameters });

describe("attesting", () => {
  it("takes two different people, of whom neither may be the same under another act", async () => {
    const digest = await world.digest(itemId);
    const attest = (who: "otto" | "rita") => attestBlock(as(who), { itemId, digest, reason });
    expect(await attest("otto")).toMatchObject({ attesters: 1, isEnough: false });
    expect(await refusalOf(attest("otto"))).toMatchObject({ reason: "same_person" });
    expect(await refusalOf(runAs("olga"))).toMatchObject({
      code: "approval_required",
      reason: "not_attested",
    });
    expect(await attest("rita")).toMatchObject({ attesters: 2, isEnough: true });
    await runAs("olga");
  });

  it("refuses a run by words that name who could attest", async () => {
    await world.attest(itemId, world.people.otto);
    const error = await runAs("olga").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^One more person has to attest .* It could be Olga, Rita\. Nothing was started\.$/,
      ),
      details: { facts: { missing: 1, attesters: ["Otto"], could: [{ name: "Olga" }, { name: "Rita" }] } },
    });
  });

  it("counts the same person once however often he sends it at once", async () => {
    const digest = await world.digest(itemId);
    const sent = Array.from({ length: 6 }, () => attestBlock(as("otto"), { itemId, digest, reason }));
    expect(tally(await Promise.allSettled(sent))).toEqual({
      done: 1,
      refused: Array<string>(5).fill("same_person"),
    });
    expect((await world.check(itemId)).attesters).toHaveLength(1);
  });

  it("is held apart by the database too", async () => {
    const digest = await world.attest(itemId, world.people.otto);
    const [row] = await world.db.select().from(blockAttestation).where(eq(blockAttestation.digest, digest));
    if (!row) throw new Error("It was attested.");
    const again = world.db.insert(blockAttestation).values({ ...row, id: crypto.randomUUID() });
    await expect(again).rejects.toMatchObject({ cause: { code: "23505" } });
  });

  it.each<[string, (text: string) => string]>([
    ["a character more", (text) => `${text} `],
    ["another case", (text) => text.toUpperCase()],
    ["a character that is not seen", (text) => `${text}\u200b`],
    ["a line end at its end", (text) => `${text}\n`],
    ["the same letters in another form", (text) => `${text} # e\u0301`.normalize("NFD")],
  ])("ends with %s in the text, and comes back with the text as it was", async (_what, change) => {
    await world.attest(itemId);
    await world.edit(itemId, change(text));
    expect(await refusalOf(runAs("olga"))).toMatchObject({ reason: "not_attested" });
    expect((await world.check(itemId)).endedAttestations).toHaveLength(2);
    await world.edit(itemId, text);
    await runAs("olga");
  });

  it("is about the bytes that the page showed, not about those that are there now", async () => {
    const digest = await world.digest(itemId);
    await world.edit(itemId, "rm -rf /");
    expect(await refusalOf(attestBlock(as("otto"), { itemId, digest, reason }))).toMatchObject({
      reason: "stale",
    });
    expect(await refusalOf(runCheck(as("olga"), { itemId, digest, parameters: {} }))).toMatchObject({
      reason: "stale",
    });
  });

  it("ends when one of the two is disabled, and when one is withdrawn", async () => {
    const rhea = await world.jobs.person("Rhea", "reviewer");
    await world.attest(itemId, world.people.otto, rhea);
    await disablePerson(as("ada"), { personId: rhea.personId });
    expect(await refusalOf(runAs("olga"))).toMatchObject({ reason: "not_attested" });
    await world.attest(itemId, world.people.olga);
    const { attesters } = await world.check(itemId);
    const attestationId = attesters.find(({ name }) => name === "Olga")?.id ?? "";
    await withdrawAttestation(as("max"), { attestationId, reason: "Not sure" });
    expect(await refusalOf(withdrawAttestation(as("max"), { attestationId, reason }))).toMatchObject({
      reason: "withdrawn",
    });
    expect(await refusalOf(runAs("olga"))).toMatchObject({ reason: "not_attested" });
    await world.attest(itemId, world.people.olga);
    await runAs("olga");
  });

  it("cannot be rewritten, only withdrawn", async () => {
    await world.attest(itemId);
    const change = world.db.update(blockAttestation).set({ reason: "Other" });
    await expect(change).rejects.toMatchObject({ cause: { code: "42501" } });
    await expect(world.db.delete(blockAttestation)).rejects.toMatchObject({ cause: { code: "42501" } });
  });

  it.each<["max" | "ada"]>([["max"], ["ada"]])("is not for %s", async (who) => {
    const digest = await world.digest(itemId);
    expect(await refusalOf(attestBlock(as(who), { itemId, digest, reason }))).toMatchObject({
      reason: "role_missing",
    });
  });
});

describe("a check that cannot run", () => {
  it.each<[string, string, string | undefined, string]>([
    ["names a host that nobody knows", "echo", "elsewhere", "no_host"],
    ["holds a denied command", "sudo maas  list machines", undefined, "denied_command"],
    ["holds a denied command over two lines", "maas \\\n list", undefined, "denied_command"],
    ["holds a denied command with something between", "juju -m x destroy-model", undefined, "denied_command"],
    ["is empty", " \n", undefined, "no_block"],
  ])("%s: it is neither attested nor run", async (...[, script, label, why]) => {
    const id = await world.item(script, label);
    const { obstacle, may } = await world.check(id);
    expect(obstacle).not.toBeNull();
    expect([may.run.allowed, may.attest.allowed]).toEqual([false, false]);
    const digest = (await world.check(id)).digest ?? `sha256:${"0".repeat(64)}`;
    expect(await refusalOf(attestBlock(as("otto"), { itemId: id, digest, reason }))).toMatchObject({
      reason: why,
    });
    expect(await refusalOf(runCheck(as("olga"), { itemId: id, digest, parameters: {} }))).toMatchObject({
      reason: why,
    });
  });

  it.each(["maaslist", "xmaas list", "echo maas_list", "juju status"])(
    "a list of denied commands lets %s",
    async (script) => {
      expect((await world.check(await world.item(script))).obstacle).toBeNull();
    },
  );

  it("runs once at a time, however often it is asked for", async () => {
    await world.attest(itemId);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => runAs("olga")));
    expect(tally(results)).toMatchObject({ done: 1 });
    expect(await runsOf()).toHaveLength(1);
  });

  it.each<["rita" | "max" | "ada"]>([["rita"], ["max"], ["ada"]])("is not for %s to run", async (who) => {
    await world.attest(itemId);
    expect(await refusalOf(runAs(who))).toMatchObject({ reason: "role_missing" });
  });
});

describe("parameters", () => {
  const parameters = [
    { name: "BLOCK_TENANT", type: "word" as const },
    { name: "BLOCK_COUNT", type: "integer" as const },
  ];

  it("are part of what is attested, by name and type", async () => {
    await world.attest(itemId);
    await world.set(itemId, { parameters });
    expect(await refusalOf(runAs("olga"))).toMatchObject({ reason: "not_attested" });
    await world.attest(itemId);
    await runAs("olga", { BLOCK_TENANT: "acme", BLOCK_COUNT: "3" });
  });

  it.each<[string, Record<string, string>]>([
    ["one is missing", { BLOCK_TENANT: "acme" }],
    ["one more", { BLOCK_TENANT: "acme", BLOCK_COUNT: "1", BLOCK_X: "1" }],
    ["a value of another type", { BLOCK_TENANT: "acme", BLOCK_COUNT: "one" }],
    ["a value that is a command", { BLOCK_TENANT: "$(id)", BLOCK_COUNT: "1" }],
    ["a value like an option", { BLOCK_TENANT: "-rf", BLOCK_COUNT: "1" }],
    ["a value with a line end", { BLOCK_TENANT: "acme\n", BLOCK_COUNT: "1" }],
    ["the loader's name", { BLOCK_TENANT: "acme", BLOCK_COUNT: "1", LD_PRELOAD: "/tmp/x" }],
    ["a name of every object", { BLOCK_TENANT: "acme", constructor: "1" }],
  ])("refused: %s", async (_what, given) => {
    await world.set(itemId, { parameters });
    await world.attest(itemId);
    expect(await refusalOf(runAs("olga", given))).toMatchObject({ code: "invalid", reason: "parameter" });
    expect(await runsOf()).toEqual([]);
  });

  it("that the host does not let it set keep it from running", async () => {
    await world.set(itemId, { parameters: [{ name: "OS_CLOUD", type: "word" }] });
    expect((await world.check(itemId)).obstacle).toMatch(/OS_CLOUD/);
  });
});

describe("settings", () => {
  it("of two who set them one is told", async () => {
    const input = { itemId, base: 0, settings: (await world.check(itemId)).settings, reason };
    const results = await Promise.allSettled([setCheck(as("olga"), input), setCheck(as("max"), input)]);
    expect(tally(results)).toEqual({ done: 1, refused: ["stale"] });
  });

  it.each<[string, object]>([
    ["a pattern that cannot be read", { expectations: [{ kind: "matches", pattern: "(", isFound: true }] }],
    ["a path that is none", { expectations: [{ kind: "json", path: "a..b", equals: 1 }] }],
    ["an exit code that is none", { expectations: [{ kind: "exit", code: 256 }] }],
    ["a name of the loader", { parameters: [{ name: "LD_PRELOAD", type: "word" }] }],
    [
      "a name twice",
      {
        parameters: [
          { name: "BLOCK_A", type: "word" },
          { name: "BLOCK_A", type: "uuid" },
        ],
      },
    ],
    ["no time at all", { timeSeconds: 0 }],
  ])("refuse %s", async (_what, change) => {
    const { settings } = await world.check(itemId);
    const input = { itemId, base: 0, settings: { ...settings, ...change }, reason };
    await expect(setCheck(as("olga"), input)).rejects.toThrow();
    expect((await world.check(itemId)).settingsNumber).toBe(0);
  });

  it("refuse a target that is not known", async () => {
    const { settings } = await world.check(itemId);
    const input = {
      itemId,
      base: 0,
      settings: { ...settings, target: { kind: "cloud" as const, cloudName: "x" } },
      reason,
    };
    expect(await refusalOf(setCheck(as("olga"), input))).toMatchObject({ reason: "no_target" });
  });
});

it("a run that no runner has taken is cancelled at once, and leaves its item as it was", async () => {
  await world.attest(itemId);
  const { runId } = await runAs("olga");
  expect(await cancelRun(as("rita"), { runId })).toEqual({ isOver: true });
  expect(await world.row(runId)).toMatchObject({ state: "finished", ending: "cancelled" });
  expect(await refusalOf(cancelRun(as("rita"), { runId }))).toMatchObject({ reason: "not_running" });
  expect((await getItem(world.db, itemId)).state).toBe("open");
});

it("what a run gave cannot be changed afterwards, by whatever part of the console", async () => {
  await world.attest(itemId);
  const { runId } = await runAs("olga");
  await cancelRun(as("rita"), { runId });
  const owner = connect(world.jobs.database.ownerUrl, { max: 1 });
  try {
    for (const statement of ["state = 'running'", "says = 'Passed'", "observed = 'x'"]) {
      await expect(
        owner.sql.unsafe(`update check_run set ${statement} where id = '${runId}'`),
      ).rejects.toThrow(/is finished/);
    }
  } finally {
    await owner.close();
  }
});

describe("the list of checks", () => {
  it("says of each what its page says, with as many reads for many as for a few", async () => {
    await world.attest(itemId);
    const tenantId = await world.jobs.tenant(world.people.olga);
    await world.set(itemId, { freshMinutes: 90, target: { kind: "tenant", tenantId } });
    const listed = async () => {
      const { db, ...rest } = as("olga");
      let reads = 0;
      const counting = new Proxy(db, {
        get: (of, name) => {
          if (name === "select" || name === "selectDistinctOn") reads += 1;
          const value: unknown = Reflect.get(of, name);
          return typeof value === "function" ? value.bind(of) : value;
        },
      });
      const { checks } = await listChecks({ ...rest, db: counting }, {});
      return { checks, reads };
    };
    const few = await listed();
    await Promise.all(Array.from({ length: 30 }, async (_, at) => world.item(`echo many ${at}`)));
    const many = await listed();
    expect(many.checks).toHaveLength(few.checks.length + 30);
    expect(few.reads).toBeGreaterThan(0);
    expect(many.reads).toBe(few.reads);
    for (const { id, standing, freshMinutes } of many.checks.slice(0, 12)) {
      const page = await world.check(id);
      expect({ standing, freshMinutes }).toEqual({
        standing: page.standing,
        freshMinutes: page.settings.freshMinutes,
      });
    }
    expect(many.checks.find(({ id }) => id === itemId)).toMatchObject({ freshMinutes: 90, runId: null });
  });
});
