import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itemLink } from "#db/schema/register.ts";
import { ITEM_SORTS, NO_ITEM_FILTER } from "#server/domain/item/choices.ts";
import type { ItemCursor, ItemFilter, ItemList } from "#server/domain/item/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import type { RecordKind, RecordState } from "#server/domain/register/record.ts";
import { addDocument, addItem, openItem, type StoredItem } from "#server/testing/items.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { listItems } from "./list.ts";
import { outlineItems, readFacets } from "./outline.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

let world: JobWorld;
let olga: PersonActor;
let zoe: PersonActor;
let documents: string[];
const byCode = new Map<string, StoredItem>();

type Made = Partial<Parameters<typeof addItem>[1]> & { code: string; title?: string; daysAgo?: number };

async function make({ code, title = `About ${code}`, daysAgo = 1, ...of }: Made): Promise<StoredItem> {
  const kind = of.kind ?? kindOf(code);
  const row = await addItem(world.db, {
    documentId: documents[0] ?? "",
    code,
    kind,
    content: openItem(code, "H", title),
    personId: olga.personId,
    at: new Date(world.now.getTime() - daysAgo * DAY_MS),
    ...of,
  });
  byCode.set(code, row);
  return row;
}

const LETTERS: Record<string, RecordKind> = { H: "H", V: "V", R: "R", D: "D", C: "C" };
const kindOf = (code: string): RecordKind => LETTERS[code.split("-")[0] ?? ""] ?? "finding";

async function link(from: string, to: string, state: "confirmed" | "proposed" | "dismissed" = "confirmed") {
  await world.db.insert(itemLink).values({
    id: randomUUID(),
    itemId: byCode.get(from)?.id ?? "",
    kind: "blocked_by",
    toCode: to,
    toItemId: byCode.get(to)?.id ?? null,
    because: "It says so.",
    state,
    ...(state === "proposed" ? {} : { decidedBy: olga.personId, decidedAt: world.now }),
  });
}

beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  zoe = await world.person("Zoe", "auditor");
  const by = { personId: olga.personId, at: world.now };
  documents = [await addDocument(world.db, "docs/b.md", by), await addDocument(world.db, "docs/a.md", by)];
  await make({ code: "H-2", title: "Broker copies of tokens", ownerId: olga.personId, dueOn: "2026-03-03" });
  await make({ code: "H-10", title: "Zebra crossing", ownerId: zoe.personId, dueOn: "2026-03-04" });
  await make({ code: "H-1", title: "R-3 and V-2/V-3 and user_domain_id", dueOn: "2026-03-11", daysAgo: 40 });
  await make({ code: "V-1", state: "passed", dueOn: "2026-01-01", daysAgo: 200 });
  await make({ code: "V-2", title: "100% of <b>bold</b> 'quoted'" });
  await make({ code: "R-1", daysAgo: 10, dueOn: "2026-03-12" });
  await make({ code: "R-3", state: "adopted" });
  await make({ code: "SEC-003", documentId: documents[1] ?? "", kind: "ledger_row", state: "risk_accepted" });
  await make({ code: "C-1" });
  await make({ code: "C-2" });
  await link("H-2", "R-1");
  await link("V-2", "R-3");
  await link("H-10", "D-999");
  await link("C-1", "R-1", "proposed");
  await link("C-2", "R-1", "dismissed");
});
afterAll(() => world.close());

type Asked = { filter?: Partial<ItemFilter>; after?: ItemCursor | null } & Partial<Omit<ItemList, "filter">>;

const asked = ({ filter = {}, ...rest }: Asked) => ({
  sort: "code" as const,
  descending: false,
  group: null,
  ...rest,
  filter: { ...NO_ITEM_FILTER, ...filter },
});
const read = async (of: Asked) => listItems(world.ctx(zoe), { after: null, ...asked(of) });
const codes = async (of: Asked) => (await read(of)).rows.map(({ code }) => code);

describe("the order of items", () => {
  it("by code is the order of numbers, not of letters", async () => {
    expect(await codes({})).toEqual(["C-1", "C-2", "H-1", "H-2", "H-10", "R-1", "V-2"]);
    expect(await codes({ descending: true })).toEqual(["V-2", "R-1", "H-10", "H-2", "H-1", "C-2", "C-1"]);
  });

  it("by date has those without one last", async () => {
    expect((await codes({ sort: "due" })).slice(0, 4)).toEqual(["H-2", "H-10", "H-1", "R-1"]);
  });

  it("by age begins with the youngest", async () => {
    expect((await codes({ sort: "age" })).at(-1)).toBe("H-1");
    expect((await codes({ sort: "age", descending: true })).at(0)).toBe("H-1");
  });

  it("by owner goes by names, nobody's last", async () => {
    expect(await codes({ sort: "owner" })).toEqual(["H-2", "H-10", "C-1", "C-2", "H-1", "R-1", "V-2"]);
    expect((await codes({ sort: "owner", descending: true })).slice(-2)).toEqual(["H-10", "H-2"]);
  });

  it("by state goes by its life, and groups go before any order", async () => {
    expect((await codes({ filter: { show: "all" }, sort: "state" })).slice(-3)).toEqual([
      "V-1",
      "SEC-003",
      "R-3",
    ]);
    expect((await codes({ group: "kind", sort: "due" })).slice(0, 5)).toEqual([
      "H-2",
      "H-10",
      "H-1",
      "V-2",
      "R-1",
    ]);
    expect((await codes({ group: "document", filter: { show: "all" } }))[0]).toBe("SEC-003");
  });
});

describe("a filter", () => {
  it.each<[string, Partial<ItemFilter>, string[]]>([
    ["open", {}, ["C-1", "C-2", "H-1", "H-2", "H-10", "R-1", "V-2"]],
    ["closed", { show: "closed" }, ["R-3", "SEC-003", "V-1"]],
    ["of kinds", { kinds: ["R", "V"] }, ["R-1", "V-2"]],
    ["of a state that is closed", { states: ["passed"] }, ["V-1"]],
    ["of nobody", { owner: "nobody", kinds: ["H"] }, ["H-1"]],
    ["of a person that nobody is", { owner: randomUUID() }, []],
    ["overdue, the day itself not", { due: "overdue" }, ["H-2"]],
    ["due soon, today and the seventh day", { due: "soon" }, ["H-1", "H-10"]],
    ["due later", { due: "later" }, ["R-1"]],
    ["without a date", { due: "none", show: "all", kinds: ["R", "V"] }, ["R-3", "V-2"]],
    ["blocked, by what is open or unknown", { linked: "blocked" }, ["H-2", "H-10"]],
    ["blocking", { linked: "blocking" }, ["R-1"]],
    ["waiting for one", { waitsFor: "R-1" }, ["H-2"]],
    ["waiting for what nobody waits for", { waitsFor: "R-9" }, []],
    ["of an age", { age: "30" }, ["H-1"]],
    ["of an age, closed ones too", { age: "180", show: "all" }, ["V-1"]],
    ["open on a day of the past", { openOn: "2026-02-01" }, ["H-1"]],
    ["open before anything was", { openOn: "1970-01-01" }, []],
    [
      "open on the last day there is",
      { openOn: "2199-12-31" },
      ["C-1", "C-2", "H-1", "H-2", "H-10", "R-1", "V-2"],
    ],
    ["never run", { fresh: "never" }, ["V-2"]],
    ["fresh", { fresh: "fresh" }, ["V-1"]],
  ])("%s", async (_what, filter, expected) => {
    expect(await codes({ filter })).toEqual(expected);
  });

  it("of a document shows its items alone", async () => {
    expect(await codes({ filter: { show: "all", document: documents[1] ?? "" } })).toEqual(["SEC-003"]);
  });

  it.each([
    { openOn: "9999-12-31" },
    { openOn: "2026-02-30" },
    { waitsFor: "R-1'; drop table item" },
    { owner: "me" },
    { text: "x".repeat(201) },
    { kinds: ["X"] },
    { show: "none" },
  ])("that cannot be is refused: %j", async (filter) => {
    // @ts-expect-error: as a stranger would send it
    await expect(read({ filter })).rejects.toThrow();
  });
});

describe("a search", () => {
  it.each<[string, string[]]>([
    ["zeb", ["H-10"]],
    ["broker tok", ["H-2"]],
    ["tok broker", []],
    ["tokens broker", ["H-2"]],
    ["ZEBRA", ["H-10"]],
    ["r-3", ["H-1", "R-3"]],
    ["V-2", ["H-1", "V-2"]],
    ["domain", ["H-1"]],
    ["user_domain", ["H-1"]],
    ["h-1", ["H-1", "H-10"]],
    ["roker", []],
    ["%", []],
    ["'", []],
    ["100%", ["V-2"]],
    ["<bold>", ["V-2"]],
    ["' | 'x':* & !('", []],
    [":* & | ! ( )", []],
    ["\\", []],
    ["a".repeat(200), []],
    ["\u{1f9d1}", []],
    ["   ", ["C-1", "C-2", "H-1", "H-2", "H-10", "R-1", "R-3", "SEC-003", "V-1", "V-2"]],
  ])("for %j finds what it finds", async (text, expected) => {
    const found = await codes({ filter: { text, show: "all" } });
    expect(found).toEqual(expected);
  });

  it("shows where, as pieces of text and not as markup", async () => {
    const { rows } = await read({ filter: { text: "bold" } });
    expect(rows[0]?.hits?.title).toEqual([
      { text: "100% of <b>", isHit: false },
      { text: "bold", isHit: true },
      { text: "</b> 'quoted'", isHit: false },
    ]);
    const inWords = await read({ filter: { text: "read again at", kinds: ["R"] } });
    expect(inWords.rows[0]?.hits?.words.filter(({ isHit }) => isHit).map(({ text }) => text)).toEqual([
      "read",
      "again",
      "at",
      "read",
    ]);
  });
});

describe("pages", () => {
  const COUNT = 230;
  let owner: PersonActor;

  beforeAll(async () => {
    owner = await world.person("Mia", "manager");
    for (let n = 0; n < COUNT; n += 1) {
      const state: RecordState = n % 3 === 0 ? "in_progress" : "open";
      await make({
        code: `DOCFIX-${n}`,
        kind: "finding",
        title: "Paged",
        state,
        ownerId: n % 2 === 0 ? owner.personId : null,
        dueOn: n % 4 === 0 ? null : `2026-0${(n % 3) + 4}-0${(n % 9) + 1}`,
        daysAgo: n % 7,
        position: n,
      });
    }
  });

  const filter = { kinds: ["finding" as const] };
  const GROUPS = [null, "kind", "state", "owner", "document"] as const;

  it.each(
    ITEM_SORTS.flatMap((sort) =>
      GROUPS.flatMap((group) => [true, false].map((descending) => ({ sort, group, descending }))),
    ),
  )(
    "by $sort in groups of $group, descending $descending, hold every row once, as the outline says",
    async (order) => {
      const pages: string[][] = [];
      const begins: (ItemCursor | null)[] = [];
      let after: ItemCursor | null = null;
      do {
        const page: Awaited<ReturnType<typeof read>> = await read({ ...order, filter, after });
        pages.push(page.rows.map(({ id }) => id));
        after = page.next;
        if (after !== null) begins.push(after);
      } while (after !== null && pages.length < 9);
      expect(pages.map((page) => page.length)).toEqual([100, 100, 30]);
      expect(new Set(pages.flat()).size).toBe(COUNT);
      const outline = await outlineItems(world.ctx(zoe), asked({ ...order, filter }));
      expect(outline.total).toBe(COUNT);
      expect(outline.begins).toEqual(begins);
    },
  );

  it("go on where they were though rows before them are gone or new", async () => {
    const first = await read({ filter });
    await make({ code: "DOCFIX-0a", kind: "finding", title: "Paged" });
    const second = await read({ filter, after: first.next });
    expect(first.rows.at(-1)?.code).toBe("DOCFIX-99");
    expect(second.rows[0]?.code).toBe("DOCFIX-100");
  });

  it.each<[string, Asked, Partial<ItemCursor>]>([
    ["no instant", { sort: "age" }, { key: "yesterday" }],
    ["no day", { sort: "due" }, { key: "2026-02-31" }],
    ["a statement", { sort: "due" }, { key: "'; select 1" }],
    ["a group that is none", { group: "kind" }, { group: "X" }],
    ["no group", { group: "owner" }, { group: "nobody" }],
  ])("that begin at %s are refused", async (_what, order, cursor) => {
    const after = { group: null, key: "", id: randomUUID(), ...cursor };
    expect(await refusalOf(read({ ...order, after }))).toEqual({ code: "invalid", reason: "bad_cursor" });
  });

  it("that begin behind a code that nobody has begin at the next", async () => {
    const after = { group: null, key: "\u0000", id: "ffffffff-ffff-4fff-bfff-ffffffffffff" };
    await expect(read({ filter, after })).rejects.toThrow();
    expect((await codes({ filter, after: { ...after, key: "DOCFIX-0000000005" } }))[0]).toBe("DOCFIX-6");
  });
});

describe("counts", () => {
  it("of a choice leave that choice open and keep the others", async () => {
    const { counts, people } = await readFacets(world.ctx(zoe), {
      filter: { ...NO_ITEM_FILTER, kinds: ["H"], owner: "nobody" },
    });
    expect(counts.kind.find(({ value }) => value === "R")?.count).toBe(1);
    expect(new Map(counts.owner.map(({ value, count }) => [value, count]))).toEqual(
      new Map([
        ["", 1],
        [olga.personId, 1],
        [zoe.personId, 1],
      ]),
    );
    expect(people.map(({ name }) => name)).toEqual(["Mia", "Olga", "Zoe"]);
  });

  it("say who may change", async () => {
    expect((await readFacets(world.ctx(zoe), { filter: NO_ITEM_FILTER })).may.edit.allowed).toBe(false);
    expect((await readFacets(world.ctx(olga), { filter: NO_ITEM_FILTER })).may.edit.allowed).toBe(true);
  });

  it("of groups stand in the order of the list", async () => {
    const { groups } = await outlineItems(
      world.ctx(zoe),
      asked({ group: "kind", filter: { kinds: ["C", "H", "R"] } }),
    );
    expect(groups).toEqual([
      { value: "H", count: 3 },
      { value: "R", count: 1 },
      { value: "C", count: 2 },
    ]);
  });
});
