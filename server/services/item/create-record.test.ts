import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { item, itemLink, registerDocument } from "#db/schema/register.ts";
import { seriesNumber, seriesNumberEvent } from "#db/schema/series.ts";
import type { NewDecision, NewRow } from "#server/domain/item/new-record-schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { pointsOf } from "#server/domain/register/decision/view.ts";
import { readPlain } from "#server/domain/register/read.ts";
import { recordsIn } from "#server/domain/register/records.ts";
import { getItem } from "#server/testing/items.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { openRegisterWorld, type RegisterWorld } from "#server/testing/registers.ts";
import { addChange } from "../changelog/add.ts";
import { takeNumber } from "../number/take.ts";
import { exportText } from "../register/export.ts";
import { createDecision } from "./create-decision.ts";
import { createRow } from "./create-row.ts";

let world: RegisterWorld;
let olga: PersonActor;
let mara: PersonActor;
let aude: PersonActor;

beforeAll(async () => {
  world = await openRegisterWorld();
  olga = await world.person("Olga Operator", "operator");
  mara = await world.person("Mara Manager", "manager");
  aude = await world.person("Aude Auditor", "auditor");
});
afterAll(() => world.close());

const DECISION: NewDecision = {
  title: "Bound the metrics port",
  context: "The exporter listens everywhere.\n\nIt was found while reading the list.",
  points: ["Bind it to the management network.", "Allow the operators' range only."],
  consequence: "",
  validation: "",
  related: "",
  supersedes: "",
};
const ROW: NewRow = { title: "A key was shown on a call", note: "" };
const CHANGE = {
  documentId: null,
  what: "The broker reads its copy once",
  idText: "",
  files: "broker/config.py",
  why: "It was read\nfor every request.",
  revert: "git revert, then restart the broker",
  itemIds: [],
  jobs: [],
};
type More = { documentId?: string; actor?: PersonActor; ownerId?: string; dueOn?: string };
const placed = ({ documentId, ownerId, dueOn }: More) => ({
  documentId: documentId ?? null,
  ownerId: ownerId ?? null,
  dueOn: dueOn ?? null,
});
const decide = (of: Partial<NewDecision> = {}, more: More = {}) =>
  createDecision(world.ctx(more.actor ?? olga), { ...placed(more), decision: { ...DECISION, ...of } });
const row = (of: Partial<NewRow> = {}, more: More = {}) =>
  createRow(world.ctx(more.actor ?? olga), { ...placed(more), row: { ...ROW, ...of } });
const change = (of: object = {}, actor = olga) => addChange(world.ctx(actor), { ...CHANGE, ...of });

const textOf = async (documentId: string) => (await exportText(world.ctx(olga), { documentId })).text;
async function registerAt(path: string): Promise<string> {
  const [found] = await world.db.select().from(registerDocument).where(eq(registerDocument.path, path));
  return found?.id ?? "";
}

/** Every record of a document as its text gives it back, and as the console holds it. */
async function bothSides(documentId: string, path: string) {
  const text = await textOf(documentId);
  const document = readPlain(text, path);
  const held = await world.db
    .select()
    .from(item)
    .where(eq(item.documentId, documentId))
    .orderBy(item.position);
  return {
    text,
    unplaced: document.unplaced,
    read: recordsIn(document).map(({ key, content }) => ({ key, content })),
    held: held.map(({ documentKey: key, content }) => ({ key, content })),
  };
}

describe("what is entered where no document is yet", () => {
  it("begins one of each kind, is given back as it was given, and imports back without a change", async () => {
    const owned = { ownerId: mara.personId, dueOn: "2026-12-01" };
    const first = await decide({ supersedes: "D-069", title: "Two holders [v2-scope]" }, owned);
    const second = await decide({ points: ["One thing, as a whole."], validation: "A drill." });
    expect([first.code, second.code]).toEqual(["D-001", "D-002"]);
    const rows = [await row({ note: "a | b" }, owned), await row()];
    expect(rows.map(({ code }) => code)).toEqual(["SEC-001", "SEC-002"]);
    const entry = await change({ takes: "DOCFIX" });
    expect(entry).toMatchObject({ code: "DOCFIX-001", number: 1 });
    await change();
    for (const path of ["docs/design-decisions.md", "docs/security-ledger.md", "docs/changelog.md"]) {
      const documentId = await registerAt(path);
      const before = await bothSides(documentId, path);
      expect(before.unplaced).toEqual([]);
      expect(before.read).toEqual(before.held);
      expect(before.read).toHaveLength(2);
      // By somebody else: numbers that the document defines are the document's.
      const { documents } = await world.bring(mara, { path, text: before.text });
      expect(documents).toMatchObject([{ inserted: 0, updated: 0, removed: 0, contended: 0 }]);
      expect(await bothSides(documentId, path)).toEqual(before);
    }
    expect(await textOf(await registerAt("docs/security-ledger.md"))).toContain(
      "| SEC-001 | A key was shown on a call | 2026-09-18 | Mara Manager | OPEN | 2026-12-01 | a \\| b |\n| SEC-002 |",
    );
  });

  it("is a proposal that is ruled point by point, with links for a person to confirm", async () => {
    const { itemId } = await decide({ supersedes: "D-012", related: "SEC-001" });
    const held = await getItem(world.db, itemId);
    expect(held).toMatchObject({ state: "proposed", kind: "decision" });
    if (held.content.kind !== "decision") throw new Error("no decision");
    expect(pointsOf(held.content.decision).map(({ text }) => text)).toEqual(DECISION.points);
    const links = await world.db.select().from(itemLink).where(eq(itemLink.itemId, itemId));
    expect(new Set(links.map(({ kind, toCode, state }) => `${kind} ${toCode} ${state}`))).toEqual(
      new Set(["related SEC-001 proposed", "supersedes D-012 proposed"]),
    );
  });
});

describe("what is entered into a document that was imported", () => {
  it("changes no other line of it", async () => {
    const files = { "docs/log.md": "design-decisions.md", "docs/rows.md": "security-ledger.md" } as const;
    for (const [path, name] of Object.entries(files)) {
      const text = readFixture(name);
      await world.bring(olga, { path, text });
      const documentId = await registerAt(path);
      const made =
        name === "design-decisions.md" ? await decide({}, { documentId }) : await row({}, { documentId });
      const now = await textOf(documentId);
      expect(now.startsWith(text)).toBe(true);
      expect(now.slice(text.length)).toContain(made.code);
      const sides = await bothSides(documentId, path);
      expect(sides.read.at(-1)).toEqual(sides.held.at(-1));
    }
  });

  it("stands in the block of the last entry, under the next number", async () => {
    const text = readFixture("changelog-hardening.md");
    await world.bring(olga, { path: "docs/hard.md", text });
    const documentId = await registerAt("docs/hard.md");
    const { number, itemId } = await change({ documentId });
    const sides = await bothSides(documentId, "docs/hard.md");
    expect(sides.read).toEqual(sides.held);
    const last = sides.read.at(-1)?.content;
    expect(last).toEqual((await getItem(world.db, itemId)).content);
    const before = recordsIn(readPlain(text, "docs/hard.md")).at(-1)?.content;
    if (last?.kind !== "change" || before?.kind !== "change") throw new Error("no entry");
    expect(last.entry).toMatchObject({ number, block: before.entry.block });
  });

  it("stands in the table of open rows, also when that has none, in the columns that it has", async () => {
    const text =
      "# Ledger\r\n\r\n## Closed\r\n\r\n| Row | Risk |\r\n| --- | --- |\r\n| SEC-901 | old |\r\n\r\n## Open\r\n\r\n| Row | Risk | Owned by |\r\n| --- | --- | --- |\r\n\r\nThe end.\r\n";
    await world.bring(olga, { path: "docs/two.md", text });
    const documentId = await registerAt("docs/two.md");
    expect(await refusalOf(row({ note: "x" }, { documentId }))).toMatchObject({ reason: "no_column" });
    const { code } = await row({}, { documentId, ownerId: mara.personId });
    expect(await textOf(documentId)).toBe(
      text.replace(
        "| --- | --- | --- |\r\n",
        `| --- | --- | --- |\r\n| ${code} | ${ROW.title} | Mara Manager |\r\n`,
      ),
    );
  });
});

describe("refused, with nothing entered and no number taken,", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ["a decision with another one in it", () => decide({ context: "x\n\n## D-099: mine" }), "not_writable"],
    ["a decision that adopts itself", () => decide({ context: "x\n\n**Status:** ADOPTED" }), "not_writable"],
    ["a decision with a rule in it", () => decide({ consequence: "x\n\n---\n\ny" }), "not_writable"],
    ["a block that never ends", () => decide({ validation: "```\nx" }), "not_writable"],
    ["a point that is another's", () => decide({ points: ["1. a"] }), "not_writable"],
    ["a cell that ends early", () => row({ title: "a\\| b" }), "not_writable"],
    ["an owner who is nobody", () => row({}, { ownerId: crypto.randomUUID() }), "no_such_owner"],
    ["a log that is none", () => decide({}, { documentId: crypto.randomUUID() }), "not_found"],
    ["by who may not", () => row({}, { actor: aude }), "role_missing"],
    ["by who may not decide", () => decide({}, { actor: aude }), "role_missing"],
  ])("%s", async (_what, act, reason) => {
    const before = [await world.db.$count(item), await world.db.$count(seriesNumber)];
    expect(await refusalOf(act())).toMatchObject({ reason });
    expect([await world.db.$count(item), await world.db.$count(seriesNumber)]).toEqual(before);
  });

  it.each([{ title: " " }, { title: "a\nb" }, { context: "" }, { points: [] }, { context: "\ud800" }])(
    "a decision that cannot be kept: %j",
    async (of) => {
      await expect(decide(of)).rejects.toThrow();
    },
  );
  it.each([{ title: "" }, { title: "a\u2028b" }, { note: "a\nb" }, { note: "\0" }])(
    "a row that cannot be kept: %j",
    async (of) => {
      await expect(row(of)).rejects.toThrow();
    },
  );
});

it("markup, formulas and other writing stay what they are", async () => {
  const title = "=cmd|'/c calc'!A0 <script>x</script> `--` \u202e\u05d0";
  const documentId = await registerAt("docs/security-ledger.md");
  for (const act of [
    decide({ title, context: title }),
    row({ title, note: title }, { documentId }),
    change({ what: title }),
  ]) {
    const { itemId } = await act;
    const { documentId: of, content, code } = await getItem(world.db, itemId);
    const read = recordsIn(readPlain(await textOf(of), "docs/x.md"));
    expect(read.filter((one) => one.code === code).map((one) => one.content)).toContainEqual(content);
    expect(JSON.stringify(content)).toContain("/c calc");
  }
});

it("an entry uses numbers that it names: others' are refused, and none is handed out again", async () => {
  const asked = { series: "OWN", state: "reserved", purpose: "mine", number: null, count: 1 } as const;
  const { ids } = await takeNumber(world.ctx(mara), asked);
  const idText = ids.join(", ");
  expect(await refusalOf(change({ idText }))).toEqual({ code: "conflict", reason: "taken" });
  await change({ idText }, mara);
  await change({ idText: "OWN-040, D-012" });
  expect(await takeNumber(world.ctx(olga), asked)).toEqual({ ids: ["OWN-041"] });
  const states = await world.db.select().from(seriesNumber).where(eq(seriesNumber.series, "OWN"));
  expect(
    states.map(({ number, state }) => [number, state]).toSorted(([a], [b]) => Number(a) - Number(b)),
  ).toEqual([
    [1, "assigned"],
    [40, "assigned"],
    [41, "reserved"],
  ]);
});

it("many people at once get numbers of their own, without a gap", async () => {
  const wide = connect(world.database.appUrl, { max: 8 });
  const made = await Promise.all(
    Array.from({ length: 12 }, (_, at) => {
      const ctx = world.ctx(at % 2 === 0 ? olga : mara, wide.db);
      const given = { documentId: null, ownerId: null, dueOn: null };
      if (at % 3 === 0) return createDecision(ctx, { ...given, decision: DECISION });
      return at % 3 === 1
        ? createRow(ctx, { ...given, row: ROW })
        : addChange(ctx, { ...CHANGE, takes: "DOCFIX" });
    }),
  );
  await wide.close();
  expect(new Set(made.map(({ code }) => code)).size).toBe(12);
  const events = await world.db
    .select()
    .from(seriesNumberEvent)
    .where(eq(seriesNumberEvent.act, "contended"));
  expect(events).toEqual([]);
});
