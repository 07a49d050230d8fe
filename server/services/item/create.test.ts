import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { item, registerDocument } from "#db/schema/register.ts";
import { seriesNumber } from "#db/schema/series.ts";
import { NEW_ITEM_KINDS } from "#server/domain/item/choices.ts";
import type { NewItem } from "#server/domain/item/schema.ts";
import { readPlain } from "#server/domain/register/read.ts";
import { recordsIn } from "#server/domain/register/records.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { openRegisterWorld, type RegisterWorld } from "#server/testing/registers.ts";
import { exportText } from "../register/export.ts";
import { createItem } from "./create.ts";

let world: RegisterWorld;
let olga: PersonActor;
let aude: PersonActor;

beforeAll(async () => {
  world = await openRegisterWorld();
  olga = await world.person("Olga Operator", "operator");
  aude = await world.person("Aude Auditor", "auditor");
});
afterAll(() => world.close());

const NOTHING: NewItem = {
  kind: "H",
  title: "The broker keeps its own copy",
  refs: "",
  body: "",
  fix: "",
  accept: [],
  check: null,
  ruleOnResult: "",
  trigger: "",
};
const WHOLE: Record<NewItem["kind"], Partial<NewItem>> = {
  H: {
    refs: "D-064, V-2",
    body: "It is read at start.",
    fix: "Read it again.",
    accept: ["a; b is read", "c"],
  },
  V: {
    check: { host: "jumphost", script: "juju status keystone\n" },
    ruleOnResult: "PASS when it says PO:.",
  },
  R: { refs: "D-065", body: "Two ways are open:\n\n- one\n- other" },
  D: { fix: "Roll it out.", accept: ["it answers"] },
  C: { body: "Say who did it." },
  deferred: { trigger: "when R-2 is ruled" },
};
const create = async (
  of: Partial<NewItem>,
  more: { documentId?: string; actor?: PersonActor; dueOn?: string } = {},
) =>
  createItem(world.ctx(more.actor ?? olga), {
    documentId: more.documentId ?? null,
    item: { ...NOTHING, ...of },
    ownerId: more.dueOn === undefined ? null : olga.personId,
    dueOn: more.dueOn ?? null,
  });

const textOf = async (documentId: string) => (await exportText(world.ctx(olga), { documentId })).text;

async function registerAt(path: string): Promise<string> {
  const [row] = await world.db.select().from(registerDocument).where(eq(registerDocument.path, path));
  return row?.id ?? "";
}

describe("an item that is entered", () => {
  it("begins a register where there is none, and comes back from it as it was given", async () => {
    const made = [];
    for (const kind of NEW_ITEM_KINDS)
      made.push(await create({ kind, ...WHOLE[kind] }, { dueOn: "2026-10-01" }));
    expect(made.map(({ code }) => code)).toEqual(["H-1", "V-1", "R-1", "D-1", "C-1", "deferred-1"]);
    const id = await registerAt("docs/handoff.md");
    const text = await textOf(id);
    const read = readPlain(text, "docs/handoff.md");
    expect(read.unplaced).toEqual([]);
    const held = await world.db.select().from(item).where(eq(item.documentId, id)).orderBy(item.position);
    expect(held).toMatchObject(
      made.map(({ code }) => ({ code, ownerId: olga.personId, dueOn: "2026-10-01" })),
    );
    expect(
      recordsIn(read)
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(held.map(({ documentKey }) => documentKey).toSorted());
    await world.bring(olga, { path: "docs/handoff.md", text });
    expect(await textOf(id)).toBe(text);
    const again = await world.db.select().from(item).where(eq(item.documentId, id)).orderBy(item.position);
    expect(again.map(({ content }) => content)).toEqual(held.map(({ content }) => content));
  });

  it("takes the next number over everything that is known, which is then nobody else's", async () => {
    await world.bring(olga, { path: "docs/other.md", text: readFixture("handoff.md") });
    const codes = new Set((await world.db.select({ code: item.code }).from(item)).map(({ code }) => code));
    const made = await Promise.all(Array.from({ length: 8 }, (_, at) => create({ title: `At once ${at}` })));
    expect(new Set(made.map(({ code }) => code)).size).toBe(8);
    for (const { code } of made) expect(codes.has(code)).toBe(false);
    const numbers = await world.db.select().from(seriesNumber).where(eq(seriesNumber.series, "H"));
    for (const { code } of made)
      expect(numbers).toContainEqual(
        expect.objectContaining({
          number: Number(code.slice(2)),
          state: "assigned",
          holder: "Olga Operator",
        }),
      );
  });

  it("stands behind the last of its section of a document that came from elsewhere, and changes no other line", async () => {
    const id = await registerAt("docs/other.md");
    const before = (await textOf(id)).split("\n");
    const { code } = await create({ kind: "V", title: "Look once more", ...WHOLE.V }, { documentId: id });
    const after = (await textOf(id)).split("\n");
    const at = after.findIndex((line) => line.startsWith(`${code} `));
    expect(at).toBeGreaterThan(0);
    const added = after.length - before.length;
    const from = after.findIndex((line, index) => line !== before[index]);
    expect([...after.slice(0, from), ...after.slice(from + added)]).toEqual(before);
    expect(
      recordsIn(readPlain(after.join("\n"), "docs/other.md")).find((one) => one.code === code)?.kind,
    ).toBe("V");
  });
});

describe("an item is not entered", () => {
  it.each<[string, Partial<NewItem>, string]>([
    ["with a part that its kind does not have", { kind: "R", fix: "x" }, "stray_part"],
    [
      "with a check that its kind does not have",
      { kind: "C", check: { host: "a", script: "b" } },
      "stray_part",
    ],
    ["with a line that begins another part", { body: "first\nACCEPT: by nobody" }, "not_writable"],
    ["with refs that close too early", { refs: "D-1) -- other (" }, "not_writable"],
    ["twice in the same words, where they are its name", { kind: "deferred", ...WHOLE.deferred }, "exists"],
  ])("%s", async (_what, of, reason) => {
    const documentId = await registerAt("docs/handoff.md");
    const before = await world.db.$count(item);
    const numbers = await world.db.$count(seriesNumber);
    expect(await refusalOf(create(of, { documentId }))).toMatchObject({ reason });
    expect(await world.db.$count(item)).toBe(before);
    expect(await world.db.$count(seriesNumber)).toBe(numbers);
  });

  it.each([
    ["a blank title", { title: "  " }],
    ["two lines as its title", { title: "one\n\ntwo" }],
    ["half a character", { body: "\ud83d" }],
    ["a NUL", { fix: "a\0b" }],
  ])("with %s", async (_what, of) => {
    await expect(create(of)).rejects.toThrow();
  });

  it("into a document of another kind, by who may not, or for an owner who is nobody", async () => {
    await world.bring(olga, { path: "docs/ledger.md", text: readFixture("security-ledger.md") });
    const documentId = await registerAt("docs/ledger.md");
    expect(await refusalOf(create({}, { documentId }))).toMatchObject({ reason: "not_found" });
    expect(await refusalOf(create({}, { actor: aude }))).toMatchObject({ reason: "role_missing" });
    const given = { documentId: null, item: NOTHING, ownerId: randomUUID(), dueOn: null };
    expect(await refusalOf(createItem(world.ctx(olga), given))).toMatchObject({ reason: "no_such_owner" });
  });

  it("into a register that has no section for it", async () => {
    const rule = "-".repeat(80);
    const text = `# Handoff -- open items register\n\n${rule}\n## 1. Immediate\n${rule}\n\nH-801 (D-064) -- One\n  Text.\n\n-- end of register --\n`;
    await world.bring(olga, { path: "docs/small.md", text });
    const documentId = await registerAt("docs/small.md");
    const refusal = await refusalOf(create({ kind: "C", title: "x" }, { documentId }));
    expect(refusal).toMatchObject({ reason: "no_section" });
  });
});

describe("words that look like something else", () => {
  it.each<[string, Partial<NewItem>]>([
    ["a point with a semicolon in it", { accept: ["(one; two", "three"] }],
    ["a line like another item", { body: "first\nH-9 (D-1) -- another" }],
    ["a script with a fence in it", { kind: "V", check: { host: "", script: "cat <<E\n```\nE" } }],
    ["markup and a formula", { title: "=cmd|'/c calc'!A0 <b>bold</b> -- `x`" }],
  ])("stay what they are: %s", async (_what, of) => {
    const documentId = await registerAt("docs/handoff.md");
    const { itemId, code } = await create(of, { documentId });
    const [held] = await world.db.select().from(item).where(eq(item.id, itemId));
    const read = recordsIn(readPlain(await textOf(documentId), "docs/handoff.md"));
    expect(read.filter((one) => one.code === code).map(({ content }) => content)).toEqual([held?.content]);
  });
});
