import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itemLink } from "#db/schema/register.ts";
import { AGES, FRESHNESS, NO_ITEM_FILTER } from "#server/domain/item/choices.ts";
import type { ItemFilter } from "#server/domain/item/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import type { RecordKind, RecordState } from "#server/domain/register/record.ts";
import { addDocument, addItem, openItem } from "#server/testing/items.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { readItemGraph } from "./graph.ts";
import { outlineItems } from "./outline.ts";
import { readOverview } from "./overview.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

let world: JobWorld;
let olga: PersonActor;
let documentId: string;
const ids = new Map<string, string>();

type Made = {
  code: string;
  kind: RecordKind;
  daysAgo: number;
  state?: RecordState;
  closedDaysAgo?: number;
  dueOn?: string;
};

async function make({ code, kind, daysAgo, state, dueOn, closedDaysAgo }: Made): Promise<void> {
  const row = await addItem(world.db, {
    documentId,
    code,
    kind,
    content: openItem(code, "H", `About ${code}`),
    personId: olga.personId,
    at: new Date(world.now.getTime() - daysAgo * DAY_MS),
    dueOn: dueOn ?? null,
    ...(state === undefined ? {} : { state }),
    ...(closedDaysAgo === undefined
      ? {}
      : { closedAt: new Date(world.now.getTime() - closedDaysAgo * DAY_MS) }),
  });
  ids.set(code, row.id);
}

const idOf = (code: string) => ids.get(code) ?? "";

async function waits(from: string, to: string, state: "confirmed" | "proposed" = "confirmed") {
  const decided = { decidedBy: olga.personId, decidedAt: world.now };
  await world.db.insert(itemLink).values({
    id: randomUUID(),
    itemId: idOf(from),
    kind: "blocked_by",
    toCode: to,
    toItemId: idOf(to),
    because: "It says so.",
    state,
    ...(state === "confirmed" ? decided : {}),
  });
}

beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  documentId = await addDocument(world.db, "docs/a.md", { personId: olga.personId, at: world.now });
  await make({ code: "H-1", kind: "H", daysAgo: 3, dueOn: "2020-01-01" });
  await make({ code: "H-2", kind: "H", daysAgo: 20 });
  await make({ code: "H-3", kind: "H", daysAgo: 50 });
  await make({ code: "H-4", kind: "H", daysAgo: 80, state: "done", closedDaysAgo: 30 });
  await make({ code: "V-1", kind: "V", daysAgo: 200 });
  await make({ code: "V-2", kind: "V", daysAgo: 5, state: "failed" });
  await make({ code: "R-1", kind: "R", daysAgo: 8 });
  await make({ code: "R-2", kind: "R", daysAgo: 8 });
  await make({ code: "R-3", kind: "R", daysAgo: 8, state: "adopted", closedDaysAgo: 1 });
  await waits("H-1", "R-1");
  await waits("H-2", "R-1");
  await waits("H-3", "R-2");
  await waits("H-4", "R-2");
  await waits("V-1", "H-1");
  await waits("V-2", "R-2", "proposed");
  await waits("R-1", "R-3");
});
afterAll(() => world.close());

const overview = () => readOverview(world.ctx(olga), {});

/** How many rows a board has on which the number is a link to. */
async function rowsOf(filter: Partial<ItemFilter>): Promise<number> {
  const list = {
    filter: { ...NO_ITEM_FILTER, ...filter },
    sort: "code" as const,
    descending: false,
    group: null,
  };
  return (await outlineItems(world.ctx(olga), list)).total;
}

describe("the overview", () => {
  it("counts what its links list", async () => {
    const now = await overview();
    expect(now).toMatchObject({ open: 7, overdue: 1, undated: 6, unowned: 7 });
    expect(now.open).toBe(await rowsOf({}));
    expect(now.overdue).toBe(await rowsOf({ due: "overdue" }));
    expect(now.soon).toBe(await rowsOf({ due: "soon" }));
    expect(now.unowned).toBe(await rowsOf({ owner: "nobody" }));
    expect(now.undated).toBe(await rowsOf({ due: "none" }));
    expect(now.blocked).toBe(await rowsOf({ linked: "blocked" }));
    for (const age of AGES)
      expect(now.ages.find(({ key }) => key === age)?.count, age).toBe(await rowsOf({ age }));
    for (const fresh of FRESHNESS)
      expect(now.checks.find(({ key }) => key === fresh)?.count, fresh).toBe(await rowsOf({ fresh }));
    for (const { kind, counts } of now.weeks.kinds)
      for (const [at, openOn] of now.weeks.days.entries())
        expect(counts[at], `${kind} ${openOn}`).toBe(await rowsOf({ kinds: [kind], openOn }));
    for (const { code, waiting } of now.rulings) expect(waiting, code).toBe(await rowsOf({ waitsFor: code }));
  });

  it("has each open item in one age, and the ages together are all", async () => {
    const { ages, open } = await overview();
    expect(ages.reduce((sum, { count }) => sum + count, 0)).toBe(open);
  });

  it("shows what was open at the end of each week, the newest last", async () => {
    const { weeks } = await overview();
    expect(weeks.days).toHaveLength(12);
    expect(weeks.days).toEqual(weeks.days.toSorted());
    const counts = weeks.kinds.find(({ kind }) => kind === "H")?.counts ?? [];
    expect(counts.at(0)).toBe(1);
    expect(counts.at(-1)).toBe(3);
    expect(Math.max(...counts)).toBe(3);
  });

  it("names the rulings that hold up most first, and none that is ruled or that nothing waits for", async () => {
    const { rulings } = await overview();
    expect(rulings.map(({ code, waiting }) => [code, waiting])).toEqual([
      ["R-1", 2],
      ["R-2", 1],
    ]);
  });
});

describe("what waits for what", () => {
  it("is followed to both sides, closed ones and all, but not what nobody confirmed", async () => {
    const { nodes, edges, isWhole } = await readItemGraph(world.ctx(olga), { itemId: idOf("H-1") });
    expect(new Set(nodes.map(({ code }) => code))).toEqual(new Set(["H-1", "R-1", "R-3", "V-1"]));
    expect(edges).toContainEqual({ from: idOf("R-1"), to: idOf("R-3") });
    expect(edges).toHaveLength(3);
    expect(isWhole).toBe(true);
  });

  it("ends where it goes in a circle", async () => {
    await waits("R-2", "H-3");
    const { nodes, edges } = await readItemGraph(world.ctx(olga), { itemId: idOf("H-3") });
    expect(new Set(nodes.map(({ code }) => code))).toEqual(new Set(["H-3", "R-2", "H-4"]));
    expect(edges).toHaveLength(3);
  });

  it("says when there is more than is drawn", async () => {
    for (let n = 100; n < 180; n += 1) {
      await make({ code: `C-${n}`, kind: "C", daysAgo: 1 });
      await waits(`C-${n}`, "R-1");
    }
    const { nodes, isWhole } = await readItemGraph(world.ctx(olga), { itemId: idOf("R-1") });
    expect(nodes).toHaveLength(60);
    expect(isWhole).toBe(false);
  });

  it("of no item is refused", async () => {
    await expect(readItemGraph(world.ctx(olga), { itemId: randomUUID() })).rejects.toThrow("no such item");
  });
});
