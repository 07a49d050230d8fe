import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { asc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { auditEntry } from "#db/schema/audit.ts";
import { seriesNumber, seriesNumberEvent } from "#db/schema/series.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { openRegisterWorld, type RegisterWorld } from "#server/testing/registers.ts";
import { moveNumber } from "./move.ts";
import { readNumbers, readSeriesPage } from "./read.ts";
import { takeNumber } from "./take.ts";

let world: RegisterWorld;
let mara: PersonActor;
let olga: PersonActor;

beforeAll(async () => {
  world = await openRegisterWorld();
  mara = await world.person("Mara Manager", "manager");
  olga = await world.person("Olga Operator", "operator");
});
afterAll(() => world.close());

const take = (
  actor: PersonActor,
  series: string,
  rest: { number?: number; count?: number; purpose?: string } = {},
) =>
  takeNumber(world.ctx(actor), {
    series,
    state: "reserved",
    purpose: "a test",
    number: null,
    count: 1,
    ...rest,
  });
const move = (
  actor: PersonActor,
  series: string,
  { to, reason = "" }: { to: "provisional" | "assigned" | "relinquished" | "reserved"; reason?: string },
) => moveNumber(world.ctx(actor), { series, number: 1, suffix: "", to, reason });
const eventsOf = (series: string) =>
  world.db
    .select({ act: seriesNumberEvent.act, says: seriesNumberEvent.says })
    .from(seriesNumberEvent)
    .where(eq(seriesNumberEvent.series, series))
    .orderBy(asc(seriesNumberEvent.id));

describe("taking numbers", () => {
  it("gives one more than the largest that is known", async () => {
    expect(await take(mara, "AAA")).toEqual({ ids: ["AAA-001"] });
    expect(await take(olga, "AAA", { count: 3 })).toEqual({ ids: ["AAA-002", "AAA-003", "AAA-004"] });
    expect(await take(olga, "AAA", { number: 90 })).toEqual({ ids: ["AAA-090"] });
    expect(await take(olga, "AAA")).toEqual({ ids: ["AAA-091"] });
    const [entry] = await world.db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.objectId, "AAA"))
      .orderBy(asc(auditEntry.seq));
    expect(entry).toMatchObject({ action: "number.take", outcome: "done", details: { ids: ["AAA-001"] } });
  });

  it("counts what documents name, define and give up, and items without zeros", async () => {
    await world.bring(olga, { path: "docs/handoff.md", text: readFixture("handoff.md") });
    await world.bring(olga, { path: "docs/decisions.md", text: readFixture("design-decisions.md") });
    const { series } = await readNumbers(world.ctx(mara), {});
    const next = Object.fromEntries(series.map((one) => [one.series, one.next]));
    expect(next).toMatchObject({ D: "D-093", DOCFIX: "DOCFIX-112", H: "H-4" });
    expect(await take(mara, "D")).toEqual({ ids: ["D-093"] });
    expect(await take(mara, "H")).toEqual({ ids: ["H-4"] });
  });

  it("of one that another has is refused, and who gave way is on record", async () => {
    await take(mara, "BBB");
    const act = take(olga, "BBB", { number: 1, purpose: "mine" });
    await expect(act).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^BBB-001 is reserved by Mara Manager for a test\..*BBB-002\.$/),
      details: { reason: "taken", facts: { next: "BBB-002" } },
    });
    expect(await eventsOf("BBB")).toEqual([
      { act: "reserved", says: "a test" },
      { act: "contended", says: "Olga Operator wanted BBB-001 for mine and gave way to Mara Manager." },
    ]);
    const page = await readSeriesPage(world.ctx(olga), { series: "BBB" });
    expect(page.events.map(({ act }) => act)).toEqual(["contended", "reserved"]);
    expect(page.numbers[0]?.may.move).toEqual({
      allowed: false,
      says: "Mara Manager holds it and has to move it.",
    });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["below the largest that nobody knows of", () => take(mara, "AAA", { number: 50 }), "not_known_free"],
    ["named, and several", () => take(mara, "AAA", { number: 200, count: 2 }), "count_of_named"],
    [
      "behind the last",
      async () => {
        await take(mara, "FULL", { number: 999_999 });
        return take(mara, "FULL");
      },
      "exhausted",
    ],
    ["without the right", async () => take(await world.person("No", "auditor"), "AAA"), "role_missing"],
  ])("is refused: %s", async (_name, act, reason) => {
    const before = await world.db.$count(seriesNumber, eq(seriesNumber.series, "AAA"));
    expect((await refusalOf(act())).reason).toBe(reason);
    expect(await world.db.$count(seriesNumber, eq(seriesNumber.series, "AAA"))).toBe(before);
  });

  it.each([
    ["aaa", {}],
    ["A A", {}],
    ["", {}],
    ["A-", {}],
    ["AAA", { purpose: " " }],
    ["AAA", { purpose: "x".repeat(301) }],
    ["AAA", { count: 0 }],
    ["AAA", { count: 51 }],
    ["AAA", { number: 0 }],
    ["AAA", { number: 1_000_000 }],
    ["AAA", { number: 1.5 }],
  ])("does not read %j with %j", async (series, rest) => {
    await expect(take(mara, series, rest)).rejects.toMatchObject({ name: "ZodError" });
  });
});

describe("moving a number on", () => {
  it("goes from reserved over provisional to assigned, and no further", async () => {
    await take(mara, "CCC");
    expect(await move(mara, "CCC", { to: "provisional" })).toEqual({ id: "CCC-001", state: "provisional" });
    expect((await refusalOf(move(mara, "CCC", { to: "reserved" }))).reason).toBe("final");
    expect(await move(mara, "CCC", { to: "assigned" })).toMatchObject({ state: "assigned" });
    for (const to of ["reserved", "provisional", "assigned", "relinquished"] as const) {
      expect((await refusalOf(move(mara, "CCC", { to, reason: "why" }))).reason).toBe("final");
    }
    expect((await eventsOf("CCC")).map(({ act }) => act)).toEqual(["reserved", "provisional", "assigned"]);
  });

  it("gives one up with a reason, and never hands it out again", async () => {
    await take(mara, "DDD");
    expect((await refusalOf(move(mara, "DDD", { to: "relinquished" }))).reason).toBe("no_reason");
    await move(mara, "DDD", { to: "relinquished", reason: "not needed" });
    expect(await take(olga, "DDD")).toEqual({ ids: ["DDD-002"] });
    expect((await refusalOf(take(olga, "DDD", { number: 1 }))).reason).toBe("taken");
  });

  it("is the holder's alone, whatever others are called", async () => {
    await take(mara, "EEE");
    const other = await world.person("Mara Manager", "manager");
    expect((await refusalOf(move(other, "EEE", { to: "assigned" }))).reason).toBe("not_yours");
    expect((await refusalOf(move(olga, "EEE", { to: "assigned" }))).reason).toBe("not_yours");
    expect((await refusalOf(move(olga, "NONE", { to: "assigned" }))).reason).toBe("not_held");
  });
});

describe("sixteen clients of two consoles", () => {
  it("in two processes take ten thousand, none twice and without a gap, each take audited", async () => {
    // Of every client 625: twelve times fifty, and once in between twenty-five.
    const counts = Array.from({ length: 13 }, (_, at) => (at === 6 ? 25 : 50));
    const consoles = [mara, olga].map((actor) => {
      const at = world.clock().toISOString();
      const given = { at, url: world.database.appUrl, series: "TWO", clients: 8, counts, actor };
      const file = join(import.meta.dirname, "../../testing/take-numbers.ts");
      const child = spawn(process.execPath, [file, JSON.stringify(given)], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    });
    try {
      for (const { lines } of consoles) expect((await lines.next()).value).toBe("ready");
      for (const { child } of consoles) child.stdin.write("go\n");
      const got = await Promise.all(
        consoles.map(async ({ lines }) =>
          z.array(z.string()).parse(JSON.parse(String((await lines.next()).value))),
        ),
      );
      const all = got.flat();
      expect(all).toHaveLength(10_000);
      expect(new Set(all).size).toBe(10_000);
      const [held] = await world.db
        .select({ count: sql<number>`count(*)::int`, last: sql<number>`max(number)` })
        .from(seriesNumber)
        .where(eq(seriesNumber.series, "TWO"));
      expect(held).toEqual({ count: 10_000, last: 10_000 });
      expect(await world.db.$count(auditEntry, eq(auditEntry.objectId, "TWO"))).toBe(16 * counts.length);
    } finally {
      for (const { child } of consoles) {
        if (child.exitCode !== null) continue;
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
  }, 60_000);

  it("that want one and the same get it once", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 16 }, (_, at) => take(at % 2 === 0 ? mara : olga, "SAME", { number: 7 })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await eventsOf("SAME")).map(({ act }) => act)).toEqual([
      "reserved",
      ...Array(15).fill("contended"),
    ]);
  });
});
